/*
 * figures.js - writes times, counts and shares as text, by the rules of cli/report/figures.c: no digit stands behind
 * the first digit of the standard error.
 */

const MOST_DIGITS = 4;
const TIME_UNITS = ["ns", "us", "ms", "s"];
const COUNT_UNITS = ["", "k", "M", "G"];

/* Returns VALUE with DECIMALS, as printf's %.*f: an exact half is rounded to even. toFixed() rounds it up. */
function fixed(value, decimals) {
    const text = value.toFixed(decimals);
    const tail = Math.abs(value) < 1e15 ? value.toFixed(decimals + 40).slice(-40) : "";
    if (!/^50*$/.test(tail) || Number(text.at(-1)) % 2 === 0)
        return text;
    return (value - Math.sign(value) * Number("1e-" + decimals) / 4).toFixed(decimals);
}

/* Returns NUMBER, which is not 0, rounded to its first COUNT digits. */
function roundTo(number, count) {
    const unit = Number("1e" + (Math.floor(Math.log10(Math.abs(number))) + 1 - count));
    return Math.round(number / unit) * unit;
}

/* Returns how many digits of VALUE are known if it has the standard error ERROR. */
function knownDigits(value, error) {
    if (!(error > 0) || value === 0)
        return MOST_DIGITS;
    const digits = Math.floor(Math.log10(Math.abs(value))) - Math.floor(Math.log10(error)) + 1;
    return Math.min(Math.max(digits, 1), MOST_DIGITS);
}

/* Returns NUMBER with COUNT digits and one of UNITS. An INTEGER below 1,000 gets no decimals. */
function scaled(number, count, units, integer) {
    const rounded = count < MOST_DIGITS && number !== 0 ? roundTo(number, count) : number;
    let i = 0;
    while (i < 3 && Math.abs(rounded) / 1000 ** i >= 999.95)
        i++;
    const value = rounded / 1000 ** i, size = Math.abs(value);
    const whole = size < 9.9995 ? 1 : size < 99.995 ? 2 : size < 999.95 ? 3 : 4;
    const before = size > 0 && size < 1 && count < MOST_DIGITS ? Math.floor(Math.log10(size)) + 1 : whole;
    const decimals = value === 0 || (integer && i === 0) ? 0 : Math.max(count - before, 0);
    return fixed(value, decimals) + units[i];
}

/* Returns VALUE / DIVISOR with the digits that are known if VALUE has the standard error ERROR; "<2ns" for a bound of
 * two errors if VALUE is less than one; "" if DIVISOR is 0. */
function figure(value, error = 0, divisor = 1, isTime = profile.isTime) {
    let digits = knownDigits(value, error), sign = "";
    if (divisor === 0)
        return "";
    if (value < error) {
        sign = "<";
        value += 2 * error;
        digits = 1;
    }
    const number = value / divisor;
    return sign + (isTime ? scaled(number, digits, TIME_UNITS, false)
                          : scaled(number, digits, COUNT_UNITS, Number.isInteger(number)));
}

/* Returns NUMBER in groups of three: "1,234,567". */
function grouped(number) {
    return fixed(number, 0).replace(/\B(?=(\d{3})+$)/g, ",");
}

/* Returns "1 context" or "2,000 contexts". */
function counted(number, word) {
    return grouped(number) + " " + word + (number === 1 ? "" : "s");
}

/* Returns calls as pstats writes them: "3", or "3/1" where only 1 of 3 was primitive. */
function calls(all, primitive) {
    return all === primitive ? fixed(all, 0) : fixed(all, 0) + "/" + fixed(primitive, 0);
}

/* Returns VALUE as a share of TOTAL in percent. */
function percent(value, total) {
    return fixed(total > 0 && value > 0 ? value / total * 100 : 0, 1) + "%";
}
