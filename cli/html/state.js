/*
 * state.js - what the page shows, kept in the fragment of its address: so a view can be linked to, and Back returns to
 * the one before. Only values that differ from the default are written.
 */

const DEFAULTS = {
    tab: "", weight: "self", direction: "down", order: "largest", thread: "all", colour: "", zoom: "", function: "",
    search: "", sort: "-self", filter: "", open: "",
};

const state = {...DEFAULTS};
let viewsBehind = 0; /* that Back of this page returns to */

/* Fills the state from the address. */
function stateRead() {
    const given = new URLSearchParams(location.hash.slice(1));
    for (const name of Object.keys(DEFAULTS))
        state[name] = given.get(name) ?? DEFAULTS[name];
    viewsBehind = history.state?.viewsBehind ?? 0;
}

/* Returns the member NAME of the state if CHOICES has it, or else FALLBACK: the address may hold anything. */
function chosen(name, choices, fallback) {
    return Object.hasOwn(choices, state[name]) ? state[name] : fallback;
}

function stateAddress() {
    const given = new URLSearchParams();
    for (const [name, value] of Object.entries(state))
        if (value !== DEFAULTS[name])
            given.set(name, value);
    return "#" + given;
}

/* Changes the state and shows it. A step can be taken back; typing, which is no STEP, changes the view in place. */
function go(changes, step = true) {
    Object.assign(state, changes);
    const address = stateAddress();
    if (address !== (location.hash || "#")) {
        viewsBehind += step ? 1 : 0;
        history[step ? "pushState" : "replaceState"]({viewsBehind}, "", address);
    }
    show();
}

/* Returns to the view before, or makes CHANGES if this is the first. */
function goBack(changes) {
    if (viewsBehind > 0)
        history.back();
    else
        go(changes, false);
}
