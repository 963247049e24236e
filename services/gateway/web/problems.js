// What went wrong, in a sentence that says what to do; it stands apart from the story.

import { el, show } from "./dom.js";
import { words } from "./words.js";

/** The sentence for a problem. */
export function sentence(problem) {
  const said = words();
  switch (problem.reason) {
    case "UNREACHED":
      return said.unreached;
    case "UNAUTHENTICATED":
    case "INVALID_TOKEN":
      return said.signedOut;
    case "GAME_SUSPENDED":
      return said.suspended;
    case "GAME_NOT_FOUND":
      return said.gone;
    case "TOO_MANY_KEPT":
      return said.tooMany;
    case "GAME_BUSY":
      return said.busy;
    case "STORE_UNAVAILABLE":
    case "STORE_FULL":
    case "DATABASE_UNAVAILABLE":
    case "SERVICE_UNAVAILABLE":
    case "SHUTTING_DOWN":
    case "DEADLINE_EXCEEDED":
      return said.away;
    default:
      if (problem.status >= 500) return said.away;
      return said.failed(problem.errors?.map((error) => `${error.field} ${error.description}`).join("; ") || problem.message || problem.reason);
  }
}

/** Shows a notice above the story; null takes it away. `actions` are `[label, callback]`. */
export function notice(text, actions = []) {
  const place = document.getElementById("notice");
  if (text === null) return show(place);
  const buttons = actions.map(([label, act]) => el("button", { type: "button", onclick: () => (notice(null), act()) }, label));
  const close = el("button", { type: "button", class: "plain", "aria-label": words().close, onclick: () => notice(null) }, "×");
  return show(place, el("p", {}, text), ...buttons, close);
}
