// Beside the story: where one is, who is there, what one carries and knows.

import { el, show } from "./dom.js";
import { drawnMap } from "./map.js";
import { words } from "./words.js";

/** The panel; `go(command, label)` takes a turn. */
export class Aside {
  constructor(go) {
    this.go = go;
    this.now = el("div", { class: "now" });
    this.map = fold("map");
    this.clues = fold("clues");
    this.met = fold("met");
    this.root = el("aside", { "aria-label": words().place }, this.now, this.map.root, this.clues.root, this.met.root);
  }

  /** Shows a view. */
  see(view) {
    const said = words();
    const place = view.place;
    const exits = place.exits.map((exit) => {
      const how = exit.locked ? said.locked : exit.open ? "" : said.closed;
      const command = { verb: "MOVE", object: exit.placeId };
      if (view.phase === "ENDED") return withState(exit.name, how);
      return el("button", { type: "button", onclick: () => this.go(command, exit.name) }, exit.name, how ? el("small", {}, ` ${how}`) : null);
    });
    show(
      this.now,
      el("h2", {}, place.name),
      list(said.exits, exits, view.phase === "ENDED" ? "" : "buttons"),
      list(said.people, view.people.map((one) => withState(one.name, one.mood || (one.status === "well" ? "" : one.status)))),
      list(said.things, view.items.map((one) => withState(one.name, one.state))),
      list(said.carried, view.inventory.map((one) => withState(one.name, one.state)), "", said.nothing),
      view.statistics.length || view.conditions.length
        ? el("div", { class: "state" }, ...view.statistics.map(meter), ...view.conditions.map((one) => el("span", { class: "condition" }, one.name)))
        : null,
    );
  }

  /** Shows what is known: the answers of `map`, `clues` and `people`. */
  know({ places, clues, people }) {
    show(this.map.body, drawnMap(places));
    this.map.root.hidden = places.length < 2;
    show(this.clues.body, ...clues.map((clue) => el("div", { class: "clue" }, el("h3", {}, clue.title), el("p", {}, clue.text))));
    this.clues.head.textContent = `${words().clues} (${clues.length})`;
    this.clues.root.hidden = clues.length === 0;
    show(this.met.body, ...people.map((one) => el("div", { class: "clue" }, el("h3", {}, one.name), el("p", {}, one.description))));
    this.met.root.hidden = people.length === 0;
  }
}

function fold(name) {
  const head = el("summary", {}, words()[name]);
  const body = el("div", {});
  return { root: el("details", { hidden: true, open: name === "map" }, head, body), head, body };
}

function list(title, items, kind = "", otherwise = null) {
  if (!items.length && otherwise === null) return null;
  const shown = items.length ? items : [el("span", { class: "none" }, otherwise)];
  return el("div", { class: `list ${kind}` }, el("h3", {}, title), el("ul", {}, ...shown.map((item) => el("li", {}, item))));
}

function withState(name, state) {
  return el("span", {}, name, state ? el("small", {}, ` ${state}`) : null);
}

function meter(statistic) {
  const bar = el("meter", { min: 0, max: statistic.max, value: statistic.value, "aria-label": statistic.name });
  return el("label", { class: "meter" }, el("span", {}, statistic.name, " ", el("small", {}, `${statistic.value} / ${statistic.max}`)), bar);
}
