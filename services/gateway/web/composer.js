// Where the player says what to do: free text, or a tap on what can be done.

import { el, show } from "./dom.js";
import { recall, remember } from "./kept.js";
import { words } from "./words.js";

const LETTERS_MAX = 500;
const OFTEN = ["MOVE", "TALK", "EXAMINE", "SEARCH", "TAKE", "OPEN", "UNLOCK", "USE", "READ", "SHOW", "GIVE"];

/** The composer. `say(text)` and `go(command, label)` take a turn, `stop()` ends a telling. */
export class Composer {
  constructor({ say, go, stop }) {
    const said = words();
    this.say = say;
    this.go = go;
    this.input = el("textarea", {
      id: "say", rows: 1, maxlength: LETTERS_MAX, placeholder: said.say, "aria-label": said.say, autocomplete: "off", enterkeyhint: "send",
      oninput: () => this.#grow(),
      onkeydown: (event) => this.#key(event),
    });
    this.send = el("button", { type: "submit", class: "main" }, said.send);
    this.stop = el("button", { type: "button", hidden: true, onclick: stop }, said.stop);
    this.groups = el("div", { class: "groups" });
    this.more = el("details", { class: "more", open: recall("more", innerWidth > 640), ontoggle: () => remember("more", this.more.open) }, el("summary", {}, said.more), this.groups);
    const form = el("form", { class: "say", onsubmit: (event) => (event.preventDefault(), this.#submit()) }, this.input, this.send, this.stop);
    this.root = el("section", { class: "composer", "aria-label": said.say }, this.more, form);
  }

  /** Whether an action is being decided: then no other can be sent. */
  set isBusy(isBusy) {
    this.busy = isBusy;
    this.send.disabled = isBusy;
    this.root.classList.toggle("busy", isBusy);
  }

  /** Whether a telling is under way that can be stopped. */
  set isTelling(isTelling) {
    this.stop.hidden = !isTelling;
  }

  /** Puts words back that were not taken. */
  restore(text) {
    if (!this.input.value) this.input.value = text;
    this.#grow();
  }

  /** Offers what can be done now, by verb. */
  offer(actions) {
    const byVerb = new Map();
    for (const action of actions) byVerb.set(action.command.verb, [...(byVerb.get(action.command.verb) ?? []), action]);
    const order = [...OFTEN, ...[...byVerb.keys()].filter((verb) => !OFTEN.includes(verb))];
    const groups = order.filter((verb) => byVerb.has(verb)).map((verb) => this.#group(verb, byVerb.get(verb)));
    show(this.groups, ...groups);
  }

  #group(verb, actions) {
    const buttons = actions.map((action) =>
      el("button", { type: "button", onclick: () => this.busy || this.go(action.command, action.label) }, action.label),
    );
    return el("div", { class: "group", role: "group", "aria-label": words().verbs[verb] ?? verb }, el("h3", { "aria-hidden": "true" }, words().verbs[verb] ?? verb), ...buttons);
  }

  #key(event) {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      this.#submit();
    }
  }

  #submit() {
    const text = this.input.value.trim();
    if (!text || this.busy) return;
    this.input.value = "";
    this.#grow();
    this.say(text);
  }

  #grow() {
    this.input.style.height = "auto";
    this.input.style.height = `${Math.min(this.input.scrollHeight, 160)}px`;
  }
}
