// What the browser remembers between visits. Where it may remember nothing, the page works without.

const PREFIX = "maratang.";
const forgotten = new Map();

/** What is remembered under a name; `otherwise` where nothing is. */
export function recall(name, otherwise = null) {
  try {
    const kept = localStorage.getItem(PREFIX + name);
    return kept === null ? (forgotten.get(name) ?? otherwise) : JSON.parse(kept);
  } catch {
    return forgotten.get(name) ?? otherwise;
  }
}

/** Remembers it; null forgets. */
export function remember(name, value) {
  try {
    if (value === null) localStorage.removeItem(PREFIX + name);
    else localStorage.setItem(PREFIX + name, JSON.stringify(value));
    forgotten.delete(name);
  } catch {
    forgotten.set(name, value);
  }
}
