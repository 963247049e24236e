// The story on the page: turn after turn, the facts set apart from the telling, speakers from the narrator.

import { announce, el, show } from "./dom.js";
import { words } from "./words.js";

const SHOWN_MOST = 60;
const ROOM_ABOVE = 80;
const FOLLOWED = 240;

/** The log of a game. `acts(turn, told)` gives the elements of what can be done with a turn, on the page `told`; `choose(command)` takes a choice. */
export class Story {
  constructor(acts, choose) {
    this.acts = acts;
    this.choose = choose;
    this.below = null;
    this.names = new Map();
    this.turns = [];
    this.first = 0;
    this.earlier = el("button", { type: "button", class: "plain earlier", hidden: true, onclick: () => this.#showEarlier() });
    this.log = el("div", { class: "log" });
    this.root = el("section", { class: "story", "aria-label": words().title }, this.earlier, this.log);
  }

  /** Learns what people are called. */
  know(people) {
    for (const person of people ?? []) this.names.set(person.personId, person.name);
  }

  /** Shows a whole story, from its opening. */
  tell(turns) {
    this.turns = turns.map(kept);
    this.first = Math.max(0, turns.length - SHOWN_MOST);
    show(this.log, ...this.turns.slice(this.first).map((turn) => this.#whole(turn)));
    this.#count();
    this.toEnd();
  }

  /** Begins a turn that is being taken; what is asked is shown as the player's. */
  begin(asked) {
    const telling = new Told(this, asked);
    this.log.append(telling.root);
    this.toEnd();
    return telling;
  }

  /** Keeps a turn that was told, and lets the oldest go from the page. */
  keep(turn) {
    this.turns.push(kept(turn));
    while (this.log.children.length > SHOWN_MOST + 20) {
      this.log.firstElementChild.remove();
      this.first += 1;
    }
    this.#count();
  }

  /** Puts a turn that was told anew in the place of the one it was. */
  replace(turn) {
    this.turns = this.turns.map((one) => (one.turn === turn.turn ? kept(turn) : one));
  }

  /** Follows the story to its end, unless the reader has gone elsewhere. A turn that is longer than the page is shown from its beginning. */
  toEnd(isAsked = true) {
    const last = this.log.lastElementChild;
    if (!last) return;
    const { top, bottom, height } = last.getBoundingClientRect();
    const room = innerHeight - ROOM_ABOVE - (this.below?.offsetHeight ?? 0);
    const by = height > room ? top - ROOM_ABOVE : bottom - ROOM_ABOVE - room;
    if (isAsked || Math.abs(by) < FOLLOWED) scrollBy({ top: by });
  }

  #whole(turn) {
    const told = new Told(this, turn.text || null);
    told.finish(turn, { isOld: true });
    return told.root;
  }

  #showEarlier() {
    const from = Math.max(0, this.first - SHOWN_MOST);
    const height = document.documentElement.scrollHeight;
    this.log.prepend(...this.turns.slice(from, this.first).map((turn) => this.#whole(turn)));
    this.first = from;
    this.#count();
    scrollBy({ top: document.documentElement.scrollHeight - height });
  }

  #count() {
    this.earlier.hidden = this.first === 0;
    this.earlier.textContent = words().earlier(this.first);
  }
}

/** What of a turn is needed to show it again: not what the player saw beside it. */
function kept({ view: _view, events: _events, ...rest }) {
  return rest;
}

/** A turn on the page, while it happens and afterwards. */
class Told {
  constructor(story, asked) {
    this.story = story;
    this.lines = el("div", { class: "lines" });
    this.telling = el("div", { class: "telling", "aria-busy": "true", hidden: true });
    this.foot = el("footer", {});
    this.text = "";
    this.root = el("article", { class: "turn" }, asked ? el("p", { class: "asked" }, el("span", { class: "unseen" }, `${words().you}: `), asked) : null);
    this.root.append(this.lines, this.telling, this.foot);
  }

  /** The facts, at once. */
  resolved(lines) {
    show(this.lines, ...lines.map((line) => this.#line(line)));
    announce(lines.map((line) => line.text).join(" "));
    this.story.toEnd();
  }

  /** A piece of the telling. */
  delta(text, speaker) {
    if (this.telling.hidden) {
      this.telling.hidden = false;
      this.#speakAs(speaker);
    } else if (this.speaker !== (speaker ?? null)) this.#speakAs(speaker);
    this.text += text;
    this.node.appendData(text);
    this.story.toEnd(false);
  }

  /** The telling begins anew. */
  reset() {
    this.text = "";
    this.speaker = undefined;
    show(this.telling);
    this.telling.hidden = true;
  }

  /** Why it can't be done. */
  refused(lines) {
    this.root.classList.add("refused");
    this.resolved(lines);
  }

  /** A question back. */
  clarify({ question, choices }) {
    this.root.classList.add("asks");
    const buttons = choices.map((choice, at) =>
      el("button", { type: "button", onclick: () => this.story.choose(choice) }, `${at + 1}. ${choice.label}`),
    );
    show(this.lines, el("p", {}, question), el("div", { class: "choices" }, ...buttons));
    announce(question);
    this.story.toEnd();
    buttons[0]?.focus();
  }

  /** The whole turn. */
  finish(turn, { isOld = false } = {}) {
    const isRow = Boolean(turn.durability);
    const isOpening = isRow && turn.turn === 0;
    if (isRow) this.root.dataset.turn = turn.turn;
    if (turn.clarify) return isOld ? undefined : this.clarify(turn.clarify);
    const lines = turn.refusal?.lines ?? turn.lines;
    const isJump = isRow && !isOpening && !turn.text && !turn.command && !lines.length;
    if (isJump) {
      this.root.classList.add("jump");
      show(this.lines, el("p", {}, words().jumped(turn.parent ?? 0)));
      return undefined;
    }
    const text = turn.telling?.text ?? "";
    const isSame = text === lines.map((line) => line.text).join("\n");
    show(this.lines, ...(isOpening ? [] : lines.map((line) => this.#line(line))));
    if (isOpening) this.#tellWhole(lines, text);
    else if (text && !isSame) {
      if (text !== this.text) this.#tellWhole(turn.telling.lines, text);
    } else this.reset();
    this.telling.setAttribute("aria-busy", "false");
    if (turn.telling && !isOpening) {
      show(this.foot, el("span", { class: "by" }, words().toldBy[turn.telling.toldBy] ?? ""), ...this.story.acts(turn, this));
      if (!isOld && !isSame) announce(text);
    }
    return undefined;
  }

  /** Another telling is on its way. */
  waitForAnother() {
    this.telling.setAttribute("aria-busy", "true");
    show(this.foot, el("span", { class: "by" }, words().telling));
  }

  /** It came to nothing: the turn was not taken. */
  drop() {
    this.root.remove();
  }

  #tellWhole(lines, text) {
    this.reset();
    this.text = text;
    this.telling.hidden = false;
    const told = lines?.length ? lines : [{ text }];
    show(this.telling, ...told.map((line) => this.#line(line)));
  }

  #speakAs(speaker) {
    this.speaker = speaker ?? null;
    this.node = document.createTextNode("");
    this.telling.append(this.#paragraph(this.node, speaker));
  }

  #line(line) {
    return this.#paragraph(line.text, line.speaker);
  }

  #paragraph(content, speaker) {
    const name = speaker ? (this.story.names.get(speaker) ?? speaker) : null;
    return el("p", { class: name ? "spoken" : null }, name ? el("b", {}, name) : null, content);
  }
}
