/*
 * search.js - functions by a regular expression for their names.
 */

/* Returns {matches, count, error} for the expression TEXT. MATCHES has 1 by function, or is null if TEXT is empty or
 * wrong. Capitals matter only if TEXT has some. */
function searchFor(text) {
    if (searchFor.text === text)
        return searchFor.result;
    const result = {matches: null, count: 0, error: ""};
    try {
        const pattern = text === "" ? null : new RegExp(text, /\p{Lu}/u.test(text) ? "u" : "iu");
        const names = profile.functions.name;
        if (pattern) {
            result.matches = Uint8Array.from(names, (name) => pattern.test(name) ? 1 : 0);
            result.count = result.matches.reduce((sum, match) => sum + match, 0);
        }
    } catch (error) {
        result.error = error.message.replace(/^Invalid regular expression: /, "");
    }
    searchFor.text = text;
    return searchFor.result = result;
}
