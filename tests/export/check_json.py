"""check_json.py JSON CSV SCHEMA: checks the output of `stats --format json`.

The document must fit the schema, its columns must be of equal lengths and its indexes in range, its table must have the
figures of `stats --csv --errors --unwound`, and its contexts must add up to these.
"""
import csv
import json
import sys


def fail(text):
    sys.exit(f"check_json: {text}")


def check(condition, text):
    if not condition:
        fail(text)


def check_schema(document, path):
    try:
        import jsonschema
    except ImportError:
        print("# there is no jsonschema: the schema is not checked")
        return
    with open(path, encoding="utf-8") as file:
        schema = json.load(file)
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.Draft202012Validator(schema).validate(document)


def check_lengths(document):
    for name in ("functions", "table", "edges", "processes", "threads", "contexts"):
        lengths = {len(column) for column in (document[name] or {}).values() if column is not None}
        check(len(lengths) <= 1, f"the columns of {name} have the lengths {lengths}")


def check_indexes(document):
    def below(name, column, limit):
        for index in (document[name] or {}).get(column) or []:
            check(index is None or index < limit, f"{name}.{column} has {index}")

    functions = len(document["functions"]["name"])
    below("functions", "file", len(document["files"]))
    below("functions", "module", len(document["modules"]))
    below("table", "function", functions)
    below("edges", "caller", functions)
    below("edges", "callee", functions)
    below("contexts", "function", functions)
    below("contexts", "thread", len((document["threads"] or {"id": []})["id"]))
    below("threads", "process", len((document["processes"] or {"pid": []})["pid"]))


def check_table(document, path):
    """Compares the table, row by row, in its order."""
    functions, table, files, modules = (document[name] for name in ("functions", "table", "files", "modules"))
    with open(path, encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    check(len(rows) == len(table["function"]), f"{len(rows)} rows became {len(table['function'])}")
    for i, row in enumerate(rows):
        function = table["function"][i]
        place = functions["file"][function]
        errors = table["self_error"] or [0] * len(rows)
        module = functions["module"][function]
        got = (table["calls"][i], table["primitive"][i], table["self"][i], table["cumulative"][i], table["unwound"][i],
               errors[i], functions["line"][function] if place is not None else 0,
               files[place] if place is not None else "", modules[module] if module is not None else "")
        want = tuple(int(row[name]) for name in ("ncalls", "pcalls", "tottime_ns", "cumtime_ns", "unwound",
                                                 "tottime_error_ns", "line")) + (row["file"], row["module"])
        check(got == want, f"the row of {row['function'][:60]} is {got}, not {want}")


def totals_of(contexts):
    """Returns the time of each context with its callees."""
    totals = list(contexts["self"])
    for i in range(len(totals) - 1, -1, -1):
        parent = contexts["parent"][i]
        if parent is not None:
            check(parent < i, f"context {i} stands before its caller")
            totals[parent] += totals[i]
    return totals


def check_contexts(document):
    """Compares sums over contexts with the table, unless some are left out."""
    contexts, table = document["contexts"], document["table"]
    totals = totals_of(contexts)
    roots = sum(total for i, total in enumerate(totals) if contexts["parent"][i] is None)
    check(abs(roots - document["run"]["self"]) <= len(totals), f"the contexts have {roots}")
    if contexts["left_out"] is not None:
        return
    for i, function in enumerate(table["function"]):
        own = [at for at, other in enumerate(contexts["function"]) if other == function]
        check(sum(contexts["calls"][at] for at in own) == table["calls"][i], f"calls of {function}")
        for name in ("self", "cumulative"):
            got = sum(contexts[name][at] for at in own)
            check(abs(got - table[name][i]) <= len(own), f"{name} of {function} is {got}, not {table[name][i]}")


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        document = json.load(file)
    check_schema(document, sys.argv[3])
    check_lengths(document)
    check_indexes(document)
    check_table(document, sys.argv[2])
    if document["contexts"] is not None:
        check_contexts(document)


main()
