// Before a game: the stories there are, and those that were begun.

import { Problem, call, freshKey, isSignedIn, keepToken } from "./api.js";
import { el } from "./dom.js";
import { spoken, words } from "./words.js";

/** The lobby: `play(gameId)` goes to a game, `begin(scenarioId)` begins one. Throws Problem. */
export async function lobby({ play, begin }) {
  const said = words();
  const [scenarios, games, found] = await Promise.all([all("/v1/scenarios", "scenarios"), own("/v1/games?pageSize=20", "games"), own("/v1/players/me/statistics", "endings")]);
  // The shortest first: who has never played begins there.
  scenarios.sort((one, other) => one.days * one.slotsPerDay - other.days * other.slotsPerDay);
  const titles = new Map(scenarios.map((scenario) => [scenario.scenarioId, inWords(scenario)]));
  return el(
    "div",
    { class: "lobby" },
    el("p", { class: "about" }, said.about),
    games.length
      ? el("section", {}, el("h2", {}, said.yours), el("ul", { class: "games" }, ...games.map((game) => el("li", {}, resumed(game, titles, play)))))
      : null,
    el("section", {}, el("h2", {}, said.scenarios), el("div", { class: "cards" }, ...scenarios.map((scenario) => card(scenario, found, begin)))),
  );
}

/** Begins a game of a scenario, as a guest where nobody is signed in; its id. Throws Problem. */
export async function beginGame(scenarioId) {
  if (!isSignedIn()) keepToken((await call("POST", "/v1/players:guest", { locale: spoken() })).accessToken);
  return (await call("POST", "/v1/games", { scenarioId, locale: spoken() }, freshKey())).gameId;
}

async function all(path, name) {
  return (await call("GET", path))[name];
}

async function own(path, name) {
  if (!isSignedIn()) return [];
  try {
    return (await call("GET", path))[name] ?? [];
  } catch (problem) {
    if (!(problem instanceof Problem) || problem.status === 401) throw problem;
    return [];
  }
}

/** A scenario's title and summary in the language spoken. */
export function inWords(scenario) {
  return scenario.words.find((one) => one.locale === spoken()) ?? scenario.words[0] ?? { title: scenario.scenarioId, summary: "" };
}

function card(scenario, found, begin) {
  const said = words();
  const { title, summary } = inWords(scenario);
  const mine = found.filter((one) => one.scenarioId === scenario.scenarioId).length;
  const facts = [said.length(scenario.days, scenario.slotsPerDay), said.rating(scenario.rating), said.endings(mine, Math.max(scenario.endings, mine))];
  return el(
    "article",
    { class: "card" },
    el("h3", {}, title),
    el("p", {}, summary),
    el("ul", { class: "facts" }, ...facts.map((fact) => el("li", {}, fact))),
    el("button", { type: "button", class: "main", onclick: () => begin(scenario.scenarioId), "aria-label": `${title}: ${said.begin}` }, said.begin),
  );
}

function resumed(game, titles, play) {
  const said = words();
  const title = titles.get(game.scenarioId)?.title ?? game.scenarioId;
  const when = new Date(game.updateTime).toLocaleString(spoken(), { dateStyle: "medium", timeStyle: "short" });
  const stand = game.status === "ENDED" ? said.ended : said.atTurn(game.turn);
  return el("button", { type: "button", onclick: () => play(game.gameId) }, el("b", {}, title), el("small", {}, `${stand} · ${when}`));
}
