/*
 * svg.js - the boxes that are drawn as a picture of their own, in the colours that they are seen in.
 */

const SVG = "http://www.w3.org/2000/svg";

function makeSvg(tag, attributes, ...children) {
    const element = document.createElementNS(SVG, tag);
    for (const [name, value] of Object.entries(attributes))
        element.setAttribute(name, value);
    element.append(...children);
    return element;
}

/* Returns as much of TEXT as fits into WIDTH pixels of this font. */
function fitting(text, width) {
    const most = Math.floor((width - 8) / 6.8);
    return text.length <= most ? text : most < 3 ? "" : text.slice(0, most - 1) + "\u2026";
}

/* Returns the boxes of the element HOST as the text of an SVG file titled TITLE. */
function svgOf(host, title) {
    const width = host.clientWidth, height = host.clientHeight, frame = host.getBoundingClientRect();
    const picture = makeSvg("svg", {xmlns: SVG, viewBox: `0 0 ${width} ${height}`, width, height,
                                    "font-family": "system-ui, sans-serif", "font-size": 12});
    picture.append(makeSvg("title", {}, title));
    picture.append(makeSvg("rect", {width, height, fill: getComputedStyle(document.body).backgroundColor}));
    for (const box of host.children) {
        const place = box.getBoundingClientRect(), style = getComputedStyle(box);
        const x = place.left - frame.left, y = place.top - frame.top;
        picture.append(makeSvg("g", {},
            makeSvg("title", {}, box.getAttribute("aria-label")),
            makeSvg("rect", {x, y, width: Math.max(place.width - 1, 0.5), height: place.height - 1, rx: 2,
                             fill: style.backgroundColor}),
            makeSvg("text", {x: x + 4, y: y + 14, fill: style.color}, fitting(box.textContent, place.width))));
    }
    return new XMLSerializer().serializeToString(picture);
}

/* Offers TEXT to be saved as the file NAME. */
function save(text, name, type) {
    const link = make("a", {href: URL.createObjectURL(new Blob([text], {type})), download: name});
    document.body.append(link);
    link.click();
    link.remove();
    setTimeout(() => URL.revokeObjectURL(link.href), 60000);
    announce(`Saved as ${name}`);
}

/* Copies TEXT to the clipboard. Some browsers allow that for files only by the old way. */
async function copy(text) {
    try {
        await navigator.clipboard.writeText(text);
    } catch {
        const area = make("textarea", {"aria-label": "Text to copy"});
        area.value = text;
        document.body.append(area);
        area.select();
        document.execCommand("copy");
        area.remove();
    }
    announce("Copied");
}
