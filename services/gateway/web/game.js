// A game that is played: the story, what stands beside it, and each turn on its way.

import { Problem, call, freshKey } from "./api.js";
import { Aside } from "./aside.js";
import { Composer } from "./composer.js";
import { el, show } from "./dom.js";
import { notice, sentence } from "./problems.js";
import { Story } from "./story.js";
import { takeTurn, watchTurn } from "./turn_stream.js";
import { words } from "./words.js";

const PENDING = "maratang.pending";
const TOLD_ELSEWHERE = new BroadcastChannel("maratang.turns");

/** One game on the page. `leave(problem)` is called when it can't be played here any more; `dialogs` open what else can be done. */
export class Game {
  constructor(id, { leave, dialogs, begin }) {
    this.id = id;
    this.leave = leave;
    this.dialogs = dialogs;
    this.begin = begin;
    this.path = `/v1/games/${id}`;
    this.tellings = 0;
    this.story = new Story((turn, told) => this.#acts(turn, told), (choice) => this.take({ command: choice.command }, choice.label));
    this.aside = new Aside((command, label) => this.take({ command }, label));
    this.composer = new Composer({
      say: (text) => this.take({ text }, text),
      go: (command, label) => this.take({ command }, label),
      stop: () => this.stop(),
    });
    this.story.below = this.composer.root;
    this.end = el("section", { class: "end", hidden: true });
    this.root = el("div", { class: "game" }, el("div", { class: "middle" }, this.story.root, this.end, this.composer.root), this.aside.root);
    this.heard = ({ data }) => data.game === id && data.turn > this.game?.turn && this.catchUp();
    this.woke = () => document.visibilityState === "visible" && this.catchUp();
    TOLD_ELSEWHERE.addEventListener("message", this.heard);
    document.addEventListener("visibilitychange", this.woke);
  }

  /** Lets go of it. */
  close() {
    this.closed = true;
    TOLD_ELSEWHERE.removeEventListener("message", this.heard);
    document.removeEventListener("visibilitychange", this.woke);
  }

  /** Reads the game and its story, and goes on where it is. Throws Problem. */
  async open() {
    const [game, told, met] = await Promise.all([call("GET", this.path), call("GET", `${this.path}/transcript`), call("GET", `${this.path}/people`)]);
    this.story.know(met.people);
    this.story.tell(told.turns);
    this.#stand(game);
    const last = told.turns.at(-1);
    const pending = this.#pending();
    if (pending && pending.asked.expectedTurn >= game.turn) this.#run(pending);
    else if (last && last.turn > 0 && !last.telling) this.#watch(last);
  }

  /** Takes a turn, by words or by a command; `shown` is what the player sees of it. */
  async take(asked, shown) {
    if (this.composer.busy || this.game.status !== "ACTIVE") return;
    await this.#run({ key: freshKey(), asked: { ...asked, expectedTurn: this.game.turn }, shown });
  }

  /** Ends the telling that is under way. */
  async stop() {
    await this.#trying(() => call("POST", `${this.path}/turns/${this.game.turn}:stop`, {}));
  }

  /** Goes back to before the last turn. */
  async undo() {
    const last = this.story.turns.at(-1);
    if (!last || last.turn === 0) return;
    await this.jump(":undo", { toTurn: last.parent ?? 0 });
  }

  /** Has the game stand elsewhere: undo, a branch activated, a save loaded. */
  async jump(what, body = {}) {
    await this.#trying(async () => {
      await call("POST", `${this.path}${what}`, { ...body, expectedTurn: this.game.turn }, freshKey());
      await this.reopen();
    });
  }

  /** Begins another way on from a turn, and goes it. */
  async branchFrom(turn) {
    await this.#trying(async () => {
      const branch = await call("POST", `${this.path}/branches`, { fromTurn: turn }, freshKey());
      await this.jump(`/branches/${branch.branchId}:activate`);
    });
  }

  /** Reads everything anew. */
  async reopen() {
    await this.open();
    TOLD_ELSEWHERE.postMessage({ game: this.id, turn: this.game.turn });
  }

  /** Sees whether the game went on elsewhere, and shows what happened. */
  async catchUp() {
    if (this.composer.busy || this.tellings) return;
    try {
      const game = await call("GET", this.path);
      if (this.closed || game.turn === this.game.turn) return;
      await this.open();
      notice(words().elsewhere);
    } catch (problem) {
      this.#failed(problem);
    }
  }

  // ---- a turn on its way

  async #run(work) {
    sessionStorage.setItem(PENDING, JSON.stringify({ ...work, game: this.id }));
    this.composer.isBusy = true;
    notice(null);
    const told = this.story.begin(work.shown);
    try {
      await this.#hear(takeTurn(this.id, work.asked, work.key, (isBroken) => this.#broken(isBroken)), told);
    } catch (problem) {
      told.drop();
      await this.#refused(problem, work);
    } finally {
      this.composer.isBusy = false;
    }
  }

  async #watch(turn) {
    this.story.turns.pop();
    this.story.log.lastElementChild?.remove();
    const told = this.story.begin(turn.text || null);
    told.resolved(turn.lines);
    try {
      await this.#hear(watchTurn(this.id, turn.turn, (isBroken) => this.#broken(isBroken)), told);
    } catch (problem) {
      this.#failed(problem);
    }
  }

  async #hear(events, told) {
    let isTelling = false;
    const telling = (now) => {
      if (now !== isTelling) this.tellings += now ? 1 : -1;
      isTelling = now;
      this.composer.isTelling = this.tellings > 0;
    };
    try {
      for await (const { name, data } of events) {
        if (name === "resolved") {
          told.resolved(data.lines);
          this.#seeing(data.view);
          this.composer.isBusy = false;
          telling(data.view.turn > 0 && data.events.length > 0);
        } else if (name === "delta") told.delta(data.text, data.speaker);
        else if (name === "reset") told.reset();
        else if (name === "refused") told.refused(data.lines);
        else if (name === "done") this.#done(data, told);
      }
    } finally {
      telling(false);
    }
  }

  #done(turn, told) {
    sessionStorage.removeItem(PENDING);
    told.finish(turn);
    if (turn.durability) {
      this.story.keep(turn);
      TOLD_ELSEWHERE.postMessage({ game: this.id, turn: turn.turn });
    }
    if (turn.turn >= this.game.turn) this.#seeing(turn.view);
    if (turn.ending) this.#ended(turn.ending);
    this.#learn();
  }

  async #refused(problem, work) {
    sessionStorage.removeItem(PENDING);
    const retry = () => this.closed || this.take(omit(work.asked, "expectedTurn"), work.shown);
    if (!(problem instanceof Problem)) throw problem;
    if (problem.reason === "STALE_TURN") {
      this.composer.isBusy = false;
      await this.catchUp();
      if (work.asked.text) this.composer.restore(work.asked.text);
    } else if (problem.reason === "GAME_BUSY" || problem.status === 429) {
      const seconds = Math.max(1, Math.ceil(problem.retryAfter ?? 1));
      notice(problem.reason === "GAME_BUSY" ? words().busy : words().wait(seconds));
      setTimeout(() => (notice(null), retry()), seconds * 1000);
    } else {
      if (work.asked.text) this.composer.restore(work.asked.text);
      this.#failed(problem, problem.status >= 500 || problem.status === 0 ? [[words().retry, retry]] : []);
    }
  }

  #broken(isBroken) {
    if (!this.closed) notice(isBroken ? words().broken : null);
  }

  #failed(problem, actions = []) {
    if (!(problem instanceof Problem)) throw problem;
    if (problem.status === 401 || problem.status === 404) this.leave(problem);
    else notice(sentence(problem), actions);
  }

  async #trying(work) {
    try {
      await work();
    } catch (problem) {
      if (problem.reason === "STALE_TURN") await this.catchUp();
      else this.#failed(problem);
    }
  }

  #pending() {
    const work = JSON.parse(sessionStorage.getItem(PENDING) ?? "null");
    return work?.game === this.id ? work : null;
  }

  // ---- where it stands

  #stand(game) {
    this.game = game;
    this.#seeing(game.view);
    this.composer.isBusy = false;
    if (game.ending) this.#ended(game.ending);
    else {
      this.end.hidden = true;
      this.composer.root.hidden = game.status !== "ACTIVE";
      if (game.status === "SUSPENDED") notice(words().suspended);
    }
    this.#learn();
  }

  #seeing(view) {
    this.game.turn = view.turn;
    this.game.view = view;
    this.story.know(view.people);
    this.aside.see(view);
    this.dialogs.bar(this);
  }

  async #learn() {
    try {
      const [map, clues, people, actions] = await Promise.all(["map", "clues", "people", "actions"].map((what) => call("GET", `${this.path}/${what}`)));
      if (this.closed || actions.turn !== this.game.turn) return;
      this.story.know(people.people);
      this.aside.know({ places: map.places, clues: clues.clues, people: people.people });
      this.composer.offer(actions.actions);
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      // What stands beside the story waits for the next turn.
    }
  }

  #ended(ending) {
    this.game.status = "ENDED";
    this.game.ending = ending;
    this.composer.root.hidden = true;
    this.end.hidden = false;
    const last = this.story.turns.at(-1)?.turn ?? this.game.turn;
    show(
      this.end,
      el("p", { class: "kind" }, words().endKinds[ending.kind] ?? ""),
      el("h2", {}, ending.title),
      el("p", { class: "fin" }, words().theEnd),
      el("button", { type: "button", class: "main", onclick: () => this.dialogs.chronicle(this) }, words().chronicleRead),
      el("button", { type: "button", onclick: () => this.begin(this.game.scenarioId) }, words().again),
      last > 0 ? el("button", { type: "button", onclick: () => this.branchFrom(this.story.turns.at(-1)?.parent ?? 0) }, words().before) : null,
    );
    this.dialogs.bar(this);
  }

  /** Has a turn told anew; only its text changes. */
  async #retell(turn, told) {
    told.waitForAnother();
    let whole = turn;
    await this.#trying(async () => (whole = await call("POST", `${this.path}/turns/${turn.turn}:retell`, {}, freshKey())));
    this.story.replace(whole);
    told.finish(whole);
  }

  #acts(turn, told) {
    const retells = turn.telling
      ? [
          el("button", { type: "button", class: "plain", onclick: () => this.#retell(turn, told) }, words().retell),
          el("button", { type: "button", class: "plain", onclick: () => this.dialogs.tellings(this, turn) }, words().tellings),
        ]
      : [];
    const items = [
      ...retells,
      el("button", { type: "button", class: "plain", onclick: () => this.branchFrom(turn.turn) }, words().branch),
      el("button", { type: "button", class: "plain", onclick: () => this.dialogs.report(this, turn) }, words().report),
    ];
    return [el("details", { class: "acts" }, el("summary", { "aria-label": words().menu }, "⋯"), ...items)];
  }
}

function omit(object, name) {
  const { [name]: _, ...rest } = object;
  return rest;
}
