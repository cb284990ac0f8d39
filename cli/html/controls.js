/*
 * controls.js - switches of the views. Each shows a member of the state, and changes it.
 */

/* Returns a menu for the member NAME of the state with CHOICES, [value, words] each. */
function menu(label, name, choices, value = state[name], changes = {}) {
    const select = make("select", {name, onchange: () => go({[name]: select.value, ...changes})},
        ...choices.map(([choice, words]) => make("option", {value: choice, selected: choice === value}, words)));
    return make("label", null, make("span", null, label), select);
}

/* The weights, threads and colours of this profile. */
function weightMenu() {
    const known = Object.entries(WEIGHTS).filter(([, weight]) => weight.known());
    return menu("Weight", "weight", known.map(([name, weight]) => [name, weight.label()]));
}

function threadMenu() {
    const count = profile.threads?.id?.length ?? 0;
    if (count < 2)
        return null;
    const each = Array.from({length: count}, (_, t) => [String(t), threadName(t)]);
    const all = [["all", "All, merged"]];
    if (tabShown().name === "flame" && state.direction === "down")
        all.push(["each", "All, side by side"]);
    return menu("Thread", "thread", [...all, ...each], state.thread, {zoom: ""});
}

function orderMenu() {
    return menu("Order", "order", [["largest", "Largest first"], ["first", "First call first"]]);
}

function colourMenu() {
    return menu("Colour", "colour", Object.entries(COLOURINGS).map(([name, {label}]) => [name, label]),
                chosen("colour", COLOURINGS, colouringDefault()));
}

/* Returns the weights that the state names, made once. */
function weightsOfState() {
    const given = chosen("weight", WEIGHTS, "self"), weight = WEIGHTS[given].known() ? given : "self";
    const isThread = Object.hasOwn(profile.threads?.id ?? [], state.thread);
    const thread = isThread ? Number(state.thread) : -1, key = `${weight} ${thread}`;
    weightsOfState.made ??= new Map();
    if (!weightsOfState.made.has(key))
        weightsOfState.made.set(key, weigh(weight, thread));
    return weightsOfState.made.get(key);
}

/* Returns the colouring of TREE that the state names. */
function colouringOfState(tree) {
    return colouring(chosen("colour", COLOURINGS, colouringDefault()), tree);
}

function drawLegend(host, legend) {
    host.replaceChildren(...legend.map(([name, words]) =>
        make("li", null, make("span", {class: "swatch " + name}), shortened(words, 60))));
}

/* Says how many contexts FLAMES leave out, and why. */
function drawThin(host, ...flames) {
    const words = (reason, why, how) => {
        const count = flames.reduce((sum, flame) => sum + (flame.leftOut?.[reason] ?? 0), 0);
        return count > 0 ? `${counted(count, "context")} ${why}: ${how} to see ${count === 1 ? "it" : "them"}. ` : "";
    };
    host.textContent = words("thin", "too thin to be seen apart", "zoom in") + words("deep", "too deep", "zoom in") +
                       words("none", "of no width", "weigh by calls");
}
