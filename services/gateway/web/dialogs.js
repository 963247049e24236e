// What else can be done: with a game, with one's account, with the page.

import { Problem, call, freshKey, isSignedIn, keepToken, text } from "./api.js";
import { el, show } from "./dom.js";
import { sentence } from "./problems.js";
import { THEMES, set, settings } from "./settings.js";
import { watchChronicle } from "./turn_stream.js";
import { words } from "./words.js";

const HINTS = 3;

/** The dialogs of the page; `home()` goes to the lobby, `again()` draws the page anew. */
export class Dialogs {
  constructor({ home, again }) {
    this.home = home;
    this.again = again;
    this.title = "";
  }

  /** Draws the bar over a game, or over the lobby. */
  bar(game = null) {
    const said = words();
    const view = game?.game?.view;
    const where = view
      ? el("div", { class: "when" }, el("span", {}, said.day(view.day, view.days)), el("span", { class: `phase ${view.phase.toLowerCase()}` }, said.phases[view.phase] ?? ""), el("span", {}, said.slot(view.slot, view.slots)), el("button", { type: "button", class: "plain where", onclick: () => game.aside.root.scrollIntoView() }, `${view.place.name} ▾`))
      : null;
    const undo = game?.game?.status === "ACTIVE" && game.game.turn > 0 ? el("button", { type: "button", class: "plain", "aria-label": said.undoLast, title: said.undoLast, onclick: () => game.undo() }, said.undo) : null;
    const hint = game?.game?.status === "ACTIVE" ? el("button", { type: "button", class: "plain", onclick: () => this.hint(game) }, said.hint) : null;
    show(
      document.getElementById("bar"),
      el("h1", {}, el("a", { href: "#/", title: game ? said.back : null }, game ? el("span", { "aria-hidden": "true" }, "‹ ") : null, game ? this.title : said.title)),
      where,
      el("nav", {}, undo, hint, el("button", { type: "button", onclick: () => this.menu(game) }, said.menu)),
    );
  }

  /** What there is to do. */
  menu(game) {
    const said = words();
    const go = (act) => () => (dialog.close(), act());
    const items = game?.game
      ? [
          [said.saves, () => this.saves(game)],
          [said.branches, () => this.branches(game)],
          [said.transcript, () => this.transcript(game)],
        ]
      : [];
    items.push([said.account, () => this.account()], [said.settings, () => this.settings()]);
    const dialog = this.#open(said.menu, el("div", { class: "menu" }, ...items.map(([label, act]) => el("button", { type: "button", onclick: go(act) }, label))));
  }

  /** The named saves of a game. */
  async saves(game) {
    const said = words();
    const list = el("ul", { class: "rows" });
    const name = el("input", { maxlength: 80, "aria-label": said.saveName, placeholder: said.saveName });
    const save = (event) => (event.preventDefault(), this.#doing(error, async () => (await call("POST", `${game.path}/saves`, { title: name.value }, freshKey()), (name.value = ""), await load())));
    const error = el("p", { class: "error", role: "alert" });
    const dialog = this.#open(said.saves, el("form", { class: "row", onsubmit: save }, name, el("button", { class: "main" }, said.saveNow)), error, list);
    const load = async () => {
      const { saves } = await call("GET", `${game.path}/saves`);
      show(
        list,
        ...saves.map((one) =>
          el(
            "li",
            {},
            el("span", {}, one.title || said.atTurn(one.turn), el("small", {}, ` ${said.atTurn(one.turn)}`)),
            game.game.status === "ACTIVE" ? el("button", { type: "button", onclick: () => (dialog.close(), game.jump(`/saves/${one.saveId}:load`)) }, said.saveLoad) : null,
            el("button", { type: "button", class: "plain", onclick: () => this.#doing(error, async () => (await call("DELETE", `${game.path}/saves/${one.saveId}`), await load())) }, said.saveDelete),
          ),
        ),
      );
    };
    await this.#doing(error, load);
  }

  /** The ways that a game has taken. */
  async branches(game) {
    const said = words();
    const error = el("p", { class: "error", role: "alert" });
    const list = el("ul", { class: "rows" });
    const dialog = this.#open(said.branches, error, list);
    await this.#doing(error, async () => {
      const { branches } = await call("GET", `${game.path}/branches`);
      const named = (one) => one.title || (one.branchId === "main" ? said.branchMain : said.branchNamed(one.fromTurn));
      show(
        list,
        ...branches.map((one) =>
          el(
            "li",
            {},
            el("span", {}, named(one), el("small", {}, ` ${said.atTurn(one.turn)}`)),
            one.active ? el("em", {}, said.branchHere) : el("button", { type: "button", onclick: () => (dialog.close(), game.jump(`/branches/${one.branchId}:activate`)) }, said.branchGo),
          ),
        ),
      );
    });
  }

  /** The whole game to read. */
  async transcript(game) {
    const said = words();
    const error = el("p", { class: "error", role: "alert" });
    const pre = el("pre", { tabindex: 0 });
    const copied = async () => (await navigator.clipboard.writeText(pre.textContent), (error.textContent = said.copied));
    const copy = navigator.clipboard ? el("button", { type: "button", onclick: () => this.#doing(error, copied) }, said.copy) : null;
    const load = el("button", { type: "button", onclick: () => this.#doing(error, async () => saveFile("maratang.md", await text(`${game.path}/transcript?format=MARKDOWN`))) }, said.download);
    this.#open(said.transcript, el("div", { class: "row" }, copy, load), error, pre);
    await this.#doing(error, async () => (pre.textContent = await text(`${game.path}/transcript?format=TEXT`)));
  }

  /** What to do next, as plainly as the player wants it. */
  hint(game) {
    const said = words();
    const error = el("p", { class: "error", role: "alert" });
    const lines = el("div", { class: "stack", "aria-live": "polite" });
    let level = 0;
    const ask = () =>
      this.#doing(error, async () => {
        const { lines: told } = await call("POST", `${game.path}:hint`, { level: level + 1 }, freshKey());
        level += 1;
        more.hidden = level === HINTS || !told.length;
        show(lines, ...(told.length ? told.map((line) => el("p", {}, line.text)) : [el("p", {}, said.hintNone)]));
      });
    const more = el("button", { type: "button", onclick: ask }, said.hintMore);
    this.#open(said.hint, lines, error, el("div", { class: "row" }, more));
    return ask();
  }

  /** The tellings of a turn, the newest first. */
  async tellings(game, turn) {
    const said = words();
    const error = el("p", { class: "error", role: "alert" });
    const list = el("ol", { class: "stack" });
    this.#open(said.tellings, error, list);
    await this.#doing(error, async () => {
      const { tellings } = await call("GET", `${game.path}/turns/${turn.turn}/tellings`);
      show(list, ...tellings.map((one) => el("li", {}, el("p", { class: "told" }, one.text), el("small", {}, said.toldBy[one.toldBy] ?? ""))));
    });
  }

  /** The story of an ended game, read while it is written. */
  async chronicle(game) {
    const said = words();
    const error = el("p", { class: "error", role: "alert" });
    const title = el("h3", {}, "");
    const body = el("div", { class: "chronicle", "aria-busy": "true" });
    const keep = el("button", { type: "button", hidden: true }, said.download);
    const dialog = this.#open(said.chronicle, el("div", { class: "row" }, keep), error, title, body);
    await this.#doing(error, async () => {
      for await (const { name, data } of watchChronicle(game.id, (isBroken) => (error.textContent = isBroken ? said.broken : ""))) {
        if (!dialog.isConnected) return;
        if (name === "chapter") body.append(el("h4", {}, data.title));
        else if (name === "paragraph") body.append(el("p", {}, data.text));
        else if (name === "done") {
          title.textContent = data.title;
          keep.hidden = false;
          keep.addEventListener("click", () => saveFile("maratang.md", markdown(data)));
        }
      }
    });
    body.setAttribute("aria-busy", "false");
  }

  /** Reports the text of a turn. */
  report(game, turn) {
    const said = words();
    const error = el("p", { class: "error", role: "alert" });
    const reasons = Object.entries(said.reportReasons).map(([reason, label], at) => el("label", {}, el("input", { type: "radio", name: "reason", value: reason, checked: at === 0 }), label));
    const note = el("textarea", { maxlength: 500, rows: 3, "aria-label": said.reportNote, placeholder: said.reportNote });
    const send = (event) => {
      event.preventDefault();
      const reason = new FormData(event.target).get("reason");
      this.#doing(error, async () => (await call("POST", `${game.path}/reports`, { turn: turn.turn, reason, note: note.value }, freshKey()), (error.textContent = said.reportSent)));
    };
    this.#open(said.report, el("form", { class: "stack", onsubmit: send }, ...reasons, note, el("button", { class: "main" }, said.report)), error);
  }

  /** Who plays. */
  async account() {
    const said = words();
    const error = el("p", { class: "error", role: "alert" });
    const body = el("div", { class: "stack" });
    const dialog = this.#open(said.account, error, body);
    const signedIn = (answer) => (keepToken(answer.accessToken), dialog.close(), this.home());
    const login = el("input", { name: "login", autocomplete: "username", minlength: 3, maxlength: 64, required: true, "aria-label": said.login, placeholder: said.login });
    const password = el("input", { name: "password", type: "password", autocomplete: "current-password", minlength: 8, maxlength: 128, required: true, "aria-label": said.password, placeholder: said.password });
    const sent = () => ({ login: login.value, password: password.value });
    const enter = (path) => this.#doing(error, async () => signedIn(await call("POST", path, sent(), freshKey())));
    const form = (mayRegister) =>
      el(
        "form",
        { class: "stack", onsubmit: (event) => (event.preventDefault(), enter(mayRegister ? "/v1/players:register" : "/v1/sessions")) },
        login,
        password,
        mayRegister ? el("button", { class: "main" }, said.register) : null,
        mayRegister ? el("button", { type: "button", onclick: () => login.form.reportValidity() && enter("/v1/sessions") }, said.signIn) : el("button", { class: "main" }, said.signIn),
      );
    await this.#doing(error, async () => {
      const me = isSignedIn() ? await call("GET", "/v1/players/me") : null;
      const leave = async () => (await call("DELETE", "/v1/sessions/current"), keepToken(null), dialog.close(), this.home());
      const erase = async () => confirm(said.deleteSure) && (await call("DELETE", "/v1/players/me"), keepToken(null), dialog.close(), this.home());
      const exported = async () => saveFile("maratang.json", await text("/v1/players/me:export"));
      const button = (label, act) => el("button", { type: "button", onclick: () => this.#doing(error, act) }, label);
      show(
        body,
        el("p", {}, me && !me.guest ? said.signedInAs(me.displayName) : said.guest),
        me && !me.guest ? button(said.signOut, leave) : form(true),
        me ? el("div", { class: "row" }, button(said.exportData, exported), button(said.deleteMe, erase)) : null,
      );
    });
  }

  /** How the page looks. */
  settings() {
    const said = words();
    const now = settings();
    const choice = (name, label, options) =>
      el(
        "fieldset",
        {},
        el("legend", {}, label),
        ...options.map(([value, shown]) =>
          el("label", {}, el("input", { type: "radio", name, value, checked: now[name] === value, onchange: () => (set(name, value), name === "language" && (dialog.close(), this.again())) }), shown),
        ),
      );
    const dialog = this.#open(
      said.settings,
      choice("language", said.language, [["ko", "한국어"], ["en", "English"]]),
      choice("theme", said.theme, THEMES.map((theme) => [theme, said.themes[theme]])),
      choice("size", said.size, Object.entries(said.sizes)),
    );
  }

  async #doing(place, work) {
    place.textContent = "";
    try {
      await work();
    } catch (problem) {
      place.textContent = problem instanceof Problem ? sentence(problem) : String(problem.message ?? problem);
    }
  }

  #open(title, ...content) {
    const close = el("button", { type: "button", class: "plain", "aria-label": words().close, onclick: () => dialog.close() }, "×");
    const dialog = el("dialog", { "aria-label": title, onclose: () => dialog.remove() }, el("header", {}, el("h2", {}, title), close), ...content);
    document.body.append(dialog);
    dialog.showModal();
    return dialog;
  }
}

function markdown(chronicle) {
  const chapters = chronicle.chapters.map(({ title, paragraphs }) => [`## ${title}`, ...paragraphs.map(({ text }) => text)].join("\n\n"));
  return [`# ${chronicle.title}`, ...chapters].join("\n\n") + "\n";
}

function saveFile(name, content) {
  const url = URL.createObjectURL(new Blob([content], { type: "text/plain" }));
  el("a", { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 1000);
}
