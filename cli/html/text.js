/*
 * text.js - names from files, made fit to be shown, and the elements that show them.
 *
 * A profile is hostile input. Names reach the page as text nodes and attributes only, never as markup.
 */

/* Control characters, and the marks that turn a line around or break it: as in cli/base/text.h. */
const UNPRINTABLE = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu;

/* Returns TEXT with \xNN for each byte that may not be shown, as `stats` prints it. */
function printable(text) {
    return text.replace(UNPRINTABLE, (mark) =>
        Array.from(new TextEncoder().encode(mark), (byte) => "\\x" + byte.toString(16).padStart(2, "0")).join(""));
}

/* Returns TEXT, cut to LENGTH characters in its middle. */
function shortened(text, length) {
    return text.length <= length ? text : text.slice(0, length - 40) + "\u2026" + text.slice(-39);
}

/* Returns the name of a function of C++ without the arguments of its templates: "std::map<\u2026>::find". Names of
 * other languages may begin with a bracket, and stay as they are. */
function brief(name) {
    if (name.startsWith("<"))
        return name;
    let depth = 0, short = "";
    for (const [piece] of name.matchAll(/operator\s*(?:<=>|<<=?|>>=?|<=?|>=?|->\*?)|<|>|[^<>o]+|o/g)) {
        if (piece === "<" && depth++ === 0)
            short += "<\u2026";
        if (piece === ">" && depth > 0)
            depth--;
        if (depth === 0 && piece !== "<")
            short += piece;
    }
    return depth === 0 ? short : name;
}

/* Returns a new element TAG with ATTRIBUTES and CHILDREN: elements or texts. A function is a listener for the event
 * that its attribute names, as `onclick`. An attribute that is null or false is left out. */
function make(tag, attributes, ...children) {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes ?? {})) {
        if (typeof value === "function")
            element.addEventListener(name.slice(2), value);
        else if (value !== null && value !== undefined && value !== false)
            element.setAttribute(name, value === true ? "" : value);
    }
    element.append(...children.filter((child) => child !== null && child !== undefined));
    return element;
}

/* Returns a button with WORDS that calls ACTION. */
function button(words, action, attributes = {}) {
    return make("button", {type: "button", onclick: action, ...attributes}, ...[words].flat());
}

/* Returns a field with LABEL for text that is no prose: ACTION is called as one types. */
function field(id, label, placeholder, action, attributes = {}) {
    return make("input", {type: "search", id, "aria-label": label, placeholder, oninput: action, spellcheck: "false",
                          autocomplete: "off", ...attributes});
}

/* Returns the element of the page that has ID. */
function part(id) {
    return document.getElementById(id);
}

/* Says TEXT to screen readers, and shows it for a while. */
function announce(text) {
    part("status").textContent = text;
    clearTimeout(announce.timer);
    announce.timer = setTimeout(() => part("status").textContent = "", 4000);
}
