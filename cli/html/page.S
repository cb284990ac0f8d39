/*
 * page.S - embeds the files of the page, as the strings of page.h.
 *
 * The script is many files in one scope. They only declare things, but for main.js: it starts the page, and so is the last.
 */
        .section .rodata

        .globl html_page
html_page:
        .incbin "cli/html/page.html"
        .byte 0

        .globl html_style
html_style:
        .incbin "cli/html/page.css"
        .byte 0

        .globl html_script
html_script:
        .incbin "cli/html/text.js"
        .incbin "cli/html/figures.js"
        .incbin "cli/html/profile.js"
        .incbin "cli/html/tree.js"
        .incbin "cli/html/state.js"
        .incbin "cli/html/colours.js"
        .incbin "cli/html/search.js"
        .incbin "cli/html/flame.js"
        .incbin "cli/html/svg.js"
        .incbin "cli/html/head_view.js"
        .incbin "cli/html/details.js"
        .incbin "cli/html/controls.js"
        .incbin "cli/html/flame_view.js"
        .incbin "cli/html/calls_view.js"
        .incbin "cli/html/table_view.js"
        .incbin "cli/html/main.js"
        .byte 0

/* Without this mark the linker makes the stack of the program executable. */
        .section .note.GNU-stack,"",%progbits
