// The map of the places that the player knows, drawn.

import { el, svg } from "./dom.js";
import { words } from "./words.js";

const STEP_X = 118;
const STEP_Y = 54;
const BOX = { width: 100, height: 34 };
const ROOM_LETTERS = 14; // a Korean letter takes the room of two

/** A drawing of the places of `GET /map`: what is so many steps from the first place stands in that row. */
export function drawnMap(places) {
  const at = laidOut(places);
  const columns = 1 + Math.max(0, ...[...at.values()].map(({ x }) => x));
  const rows = 1 + Math.max(0, ...[...at.values()].map(({ y }) => y));
  const here = places.find((place) => place.here);
  return el(
    "figure",
    { class: "map" },
    svg(
      "svg",
      { viewBox: `-6 -6 ${columns * STEP_X} ${rows * STEP_Y}`, width: columns * STEP_X, role: "img", "aria-label": words().mapOf(here?.name ?? "") },
      ...ways(places, at),
      ...places.map((place) => box(place, at.get(place.placeId))),
    ),
  );
}

function laidOut(places) {
  const byId = new Map(places.map((place) => [place.placeId, place]));
  const at = new Map();
  const taken = [];
  const queue = places.length ? [[places[0].placeId, 0]] : [];
  for (const place of places) queue.push([place.placeId, 0]);
  const [first, ...others] = queue;
  walk(first);
  others.forEach(walk);
  return at;

  function walk(start) {
    if (!start || at.has(start[0])) return;
    const row = [start];
    while (row.length) {
      const [id, depth] = row.shift();
      if (at.has(id) || !byId.has(id)) continue;
      taken[depth] = (taken[depth] ?? -1) + 1;
      at.set(id, { x: taken[depth], y: depth });
      for (const exit of byId.get(id).exits) row.push([exit.placeId, depth + 1]);
    }
  }
}

function ways(places, at) {
  const drawn = new Set();
  const lines = [];
  for (const place of places) {
    for (const exit of place.exits) {
      const pair = [place.placeId, exit.placeId].sort().join(" ");
      if (drawn.has(pair) || !at.has(exit.placeId)) continue;
      drawn.add(pair);
      const [from, to] = [middle(at.get(place.placeId)), middle(at.get(exit.placeId))];
      lines.push(svg("line", { x1: from.x, y1: from.y, x2: to.x, y2: to.y, class: exit.locked ? "locked" : exit.open ? "" : "closed" }));
    }
  }
  return lines;
}

function box(place, { x, y }) {
  const kind = place.here ? "here" : place.visited ? "" : "heard";
  const corner = { x: x * STEP_X, y: y * STEP_Y };
  return svg(
    "g",
    { class: kind },
    svg("title", {}, place.name),
    svg("rect", { x: corner.x, y: corner.y, ...BOX, rx: 7 }),
    svg("text", { x: corner.x + BOX.width / 2, y: corner.y + 22, "text-anchor": "middle" }, short(place.name)),
  );
}

function middle({ x, y }) {
  return { x: x * STEP_X + BOX.width / 2, y: y * STEP_Y + BOX.height / 2 };
}

/** A name that fits into its box, without its article. */
function short(name) {
  const letters = [...name.replace(/^the /i, "")];
  let room = ROOM_LETTERS;
  const kept = letters.filter((letter) => (room -= letter > "\u1100" ? 2 : 1) >= 0);
  return kept.length < letters.length ? `${kept.slice(0, -1).join("")}…` : kept.join("");
}
