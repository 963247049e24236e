// How the page looks: language, light, size of text.

import { recall, remember } from "./kept.js";
import { speak, spoken } from "./words.js";

const SIZES = { small: "15px", normal: "17px", large: "20px", larger: "24px" };
export const THEMES = ["auto", "light", "dark"];

/** What is set now: `{language, theme, size}`. */
export function settings() {
  const own = navigator.language.toLowerCase().startsWith("ko") ? "ko" : "en";
  return { language: recall("language", own), theme: recall("theme", "auto"), size: recall("size", "normal") };
}

/** Sets one of them, and has the page follow. */
export function set(name, value) {
  remember(name, value);
  follow();
}

/** Has the page look as it is set. */
export function follow() {
  const { language, theme, size } = settings();
  if (spoken() !== language || document.documentElement.lang !== language) speak(language);
  document.documentElement.dataset.theme = THEMES.includes(theme) ? theme : "auto";
  document.documentElement.style.fontSize = SIZES[size] ?? SIZES.normal;
}
