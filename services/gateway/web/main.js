// The page: which of its two rooms one is in, and what the server says of itself.

import { Problem, call, keepToken } from "./api.js";
import { Dialogs } from "./dialogs.js";
import { show } from "./dom.js";
import { Game } from "./game.js";
import { beginGame, inWords, lobby } from "./lobby.js";
import { notice, sentence } from "./problems.js";
import { follow } from "./settings.js";
import { words } from "./words.js";

const main = document.getElementById("main");
const dialogs = new Dialogs({ home: () => (location.hash === "#/" || location.hash === "" ? go() : (location.hash = "#/")), again: () => go() });
const SAID_WHO_TELLS = "maratang.saidWhoTells";
let game = null;

const play = (id) => (location.hash = `#/g/${id}`);
const begin = (scenarioId) => trying(async () => play(await beginGame(scenarioId)));

addEventListener("hashchange", () => go());
follow();
go();

/** Goes where the address says. */
async function go() {
  game?.close();
  game = null;
  notice(null);
  document.querySelector(".skip").textContent = words().skip;
  const id = /^#\/g\/([0-9a-f-]{36})$/.exec(location.hash)?.[1];
  await trying(() => (id ? openGame(id) : openLobby()));
}

async function openLobby() {
  document.title = words().title;
  dialogs.bar();
  show(main, await lobby({ play, begin }));
}

async function openGame(id) {
  game = new Game(id, { leave, dialogs, begin });
  const opened = game;
  const { scenarioId } = await call("GET", opened.path);
  dialogs.title = await titleOf(scenarioId);
  document.title = `${dialogs.title} · ${words().title}`;
  show(main, opened.root);
  await opened.open();
  if (game === opened) opened.composer.input.focus({ preventScroll: true });
  await sayWhoTells();
}

async function titleOf(scenarioId) {
  try {
    return inWords(await call("GET", `/v1/scenarios/${encodeURIComponent(scenarioId)}`)).title;
  } catch {
    return words().title;
  }
}

/** Says so, once, when the model is away: the book tells then. */
async function sayWhoTells() {
  try {
    const { degraded } = await call("GET", "/readyz");
    if (!degraded?.some((one) => one.startsWith("llm")) || sessionStorage.getItem(SAID_WHO_TELLS)) return;
    sessionStorage.setItem(SAID_WHO_TELLS, "1");
    notice(words().degraded);
  } catch {
    // It says nothing of itself: then nothing is said.
  }
}

function leave(problem) {
  if (problem.status === 401) keepToken(null);
  const said = sentence(problem);
  location.hash = "#/";
  setTimeout(() => notice(said), 300);
}

async function trying(work) {
  try {
    await work();
  } catch (problem) {
    if (!(problem instanceof Problem)) throw problem;
    if (problem.status === 401 || (problem.status === 404 && game)) leave(problem);
    else notice(sentence(problem), [[words().retry, () => go()]]);
  }
}
