// A turn as it happens: one stream, however often the connection breaks.

import { Problem, reach } from "./api.js";

const WAITS_MS = [50, 250, 500, 1000, 2000, 4000];
const SILENCE_MS = 40_000;

/**
 * The events of a turn that is taken, to its `done`. A broken connection is taken up again: before anything was heard by asking again with the
 * same key, which is one turn; afterwards by watching on from the last event. Throws Problem for what the server refuses.
 * @param {string} game
 * @param {Object} asked what to send: `{text}` or `{command}`, and `expectedTurn`
 * @param {string} key the idempotency key
 * @param {(isBroken: boolean) => void} onBreak told when it is not taken up again at once, and when it is
 */
export async function* takeTurn(game, asked, key, onBreak) {
  const open = (place) =>
    place === null
      ? reach("POST", `/v1/games/${game}/turns:stream`, { body: asked, key, accept: "text/event-stream" })
      : watching(game, place.turn, place.id);
  yield* unbroken(open, onBreak);
}

/** The events of a turn from its beginning, to its `done`. */
export async function* watchTurn(game, turn, onBreak) {
  yield* unbroken((place) => watching(game, turn, place?.id ?? null), onBreak);
}

/** The events of an ended game's chronicle while it is written, to its `done`. */
export async function* watchChronicle(game, onBreak) {
  yield* unbroken((place) => reach("GET", `/v1/games/${game}/chronicle:watch`, { after: place?.id ?? null, accept: "text/event-stream" }), onBreak);
}

function watching(game, turn, after) {
  return reach("GET", `/v1/games/${game}/turns/${turn}:watch`, { after, accept: "text/event-stream" });
}

async function* unbroken(open, onBreak) {
  let place = null;
  for (let tries = 0; ; ) {
    try {
      const response = await open(place);
      if (tries > 1) onBreak(false);
      for await (const event of eventsOf(response)) {
        tries = 0;
        if (event.id) place = { id: event.id, turn: Number(event.id.split("-")[0]) };
        if (event.name === "error") throw new Problem(event.data.status ?? 500, event.data);
        yield event;
        if (event.name === "done") return;
      }
    } catch (failed) {
      if (!(failed instanceof Problem) || !isPassing(failed)) throw failed;
    }
    if (tries) onBreak(true);
    await backOnline(WAITS_MS[Math.min(tries, WAITS_MS.length - 1)]);
    tries += 1;
  }
}

/** Whether a failure says only that nobody was reached. */
function isPassing(problem) {
  return problem.status === 0 || problem.status === 502 || problem.status === 504 || problem.reason === "SHUTTING_DOWN";
}

async function backOnline(milliseconds) {
  await new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    addEventListener("online", () => (clearTimeout(timer), resolve()), { once: true });
  });
}

/** The events of a response: `{id, name, data}`. A stream that is cut, or silent for too long, just ends. */
export async function* eventsOf(response) {
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  try {
    for (;;) {
      const { value, done } = await timely(reader.read());
      if (done) return;
      const blocks = (rest + value).split("\n\n");
      rest = blocks.pop();
      for (const block of blocks) {
        const event = parsed(block);
        if (event) yield event;
      }
    }
  } catch {
    return;
  } finally {
    reader.cancel().catch(() => {});
  }
}

function timely(reading) {
  let timer;
  const silence = new Promise((_, reject) => (timer = setTimeout(() => reject(new Error("silent")), SILENCE_MS)));
  return Promise.race([reading, silence]).finally(() => clearTimeout(timer));
}

function parsed(block) {
  const event = { id: null, name: "message", data: "" };
  for (const line of block.split("\n")) {
    const [, name, value] = /^([^:]*):? ?(.*)$/.exec(line);
    if (name === "id") event.id = value;
    else if (name === "event") event.name = value;
    else if (name === "data") event.data += value;
  }
  return event.data ? { ...event, data: JSON.parse(event.data) } : null;
}
