/*
 * head_view.js - the head of the page: the run that the profile is of, and how far to trust its times.
 */

/* Returns a name and its value for a list of facts, or nothing if it is unknown. HINT says more to the pointer. */
function fact(name, value, hint = null) {
    return value === null || value === undefined || value === "" ? null
        : make("div", {title: hint}, make("dt", null, name), make("dd", null, value));
}

function exitOf(run) {
    return run.signal !== null && run.signal !== undefined ? `signal ${run.signal}`
        : run.exit_status !== null && run.exit_status !== undefined ? `status ${run.exit_status}` : null;
}

/* Returns the time NS of the wall or of the processors, or null. */
function timeOf(ns) {
    return ns === null || ns === undefined ? null : figure(ns, 0, 1, true);
}

/* Returns two standard errors of the total in percent, or null if it is exact. */
function errorOf(run) {
    return run.self > 0 && run.self_error > 0 ? `\u00b1${Math.ceil(200 * run.self_error / run.self)}%` : null;
}

function totalOf(run) {
    const total = profile.isTime ? figure(run.self, run.self_error ?? 0)
                                 : `${grouped(run.self)} ${printable(profile.unit)}`;
    const error = errorOf(run);
    return make("span", null, total, error ? make("small", {title: "Two standard errors"}, " " + error) : null);
}

function callsOf(run) {
    const some = run.calls !== run.primitive;
    return make("span", null, grouped(run.calls),
                some ? make("small", null, ` (${grouped(run.primitive)} primitive)`) : null);
}

/* Returns the number COUNT if it is worth a word. */
function several(count) {
    return count > 1 ? grouped(count) : null;
}

function shellWords(words) {
    return words && words.length > 0 ? words.map(printable).join(" ") : null;
}

function drawHead() {
    const {run} = profile;
    const title = printable(run.command ?? (run.inputs ?? []).join(", ")) || "Profile";
    document.title = shortened(title, 80) + " \u2013 profile";
    part("title").textContent = shortened(title, 1000);
    part("figures").replaceChildren(...[
        fact(profile.isTime ? "Time in functions" : "Counted in functions", totalOf(run)),
        fact("Calls", callsOf(run)),
        fact("Wall time", timeOf(run.wall)),
        fact("CPU time", timeOf(run.cpu)),
        fact("Runs", several(run.runs)),
        fact("Processes", several(run.processes)),
        fact("Threads", several(run.threads)),
        fact("Exit", exitOf(run)),
    ].filter(Boolean));
    part("facts").replaceChildren(...[
        fact("Date", run.date?.replace("T", " ").replace("Z", " UTC")),
        fact("Host", run.host && printable(run.host)),
        fact("Files", shellWords(run.inputs)),
        fact("Clock", run.clock),
        fact("Times", run.times),
        fact("Recorded with", run.filters && printable(run.filters)),
        fact("Left out by", shellWords(run.selection)),
        fact("Processes", several(run.processes) ?? "1"),
        fact("Threads", several(run.threads) ?? "1"),
    ].filter(Boolean));
    part("left-out").hidden = !shellWords(run.selection);
    part("left-out").textContent = `Not the whole profile: ${shellWords(run.selection)}`;
    part("warnings").hidden = !(run.warnings?.length > 0);
    part("warnings").replaceChildren(...(run.warnings ?? []).map((text) => make("li", null, printable(text))));
}
