"""contexts.py FORMAT FILE: prints the contexts of a file that `stats -o` wrote, one a line, so that formats can be compared.

    [THREAD;]NAME FILE:LINE;NAME FILE:LINE... CALLS SELF

It reads the formats json, firefox, pprof and speedscope. Firefox has no calls beside times: they are 0. pprof's messages are decoded here, without any library.
"""
import gzip
import json
import sys


def text(path, calls, self_time):
    return f"{';'.join(path)} {calls} {self_time}".encode("unicode_escape").decode()


def of_json(path):
    with open(path, encoding="utf-8") as file:
        document = json.load(file)
    functions, contexts, threads = document["functions"], document["contexts"], document["threads"]

    def name(function):
        if function is None:
            return "(left out)"
        place = functions["file"][function]
        if place is None:
            return functions["name"][function]
        return f"{functions['name'][function]} {document['files'][place]}:{functions['line'][function]}"

    paths = []
    for i, parent in enumerate(contexts["parent"]):
        above = paths[parent] if parent is not None else [str(threads["id"][contexts["thread"][i]])]
        paths.append(above + [name(contexts["function"][i])])
        yield text(paths[i], contexts["calls"][i], contexts["self"][i])


def of_speedscope(path):
    with open(path, encoding="utf-8") as file:
        document = json.load(file)
    frames = [f"{frame['name']} {frame['file']}:{frame['line']}" if "file" in frame else frame["name"]
              for frame in document["shared"]["frames"]]

    def weights(profile):
        """Yields each context with its length less those of the contexts below it."""
        stack, last = [], 0
        assert profile["startValue"] == 0
        found = []
        for event in profile["events"]:
            assert event["at"] >= last, event
            last = event["at"]
            if event["type"] == "O":
                stack.append([event["frame"], event["at"], 0, len(found)])
                found.append(None)
                continue
            frame, start, below, place = stack.pop()
            assert frame == event["frame"], event
            length = event["at"] - start
            found[place] = ([frames[open_frame[0]] for open_frame in stack] + [frames[frame]], length - below)
            if stack:
                stack[-1][2] += length
        assert not stack and last == profile["endValue"]
        return found

    for time, calls in zip(document["profiles"][::2], document["profiles"][1::2]):
        assert time["unit"] == "nanoseconds" and calls["unit"] == "none"
        thread = time["name"].split(" ")[-1]
        for (names, self_time), (_, count) in zip(weights(time), weights(calls)):
            yield text([thread] + names, count, self_time)


def of_firefox(path):
    with open(path, encoding="utf-8") as file:
        document = json.load(file)
    strings = document["shared"]["stringArray"]
    for thread in document["threads"]:
        for name in ("samples", "stackTable", "frameTable", "funcTable", "resourceTable", "nativeSymbols", "markers"):
            table = thread[name]
            assert all(len(column) == table["length"] for column in table.values() if isinstance(column, list)), name
        assert thread["samples"]["weightType"] == "tracing-ms"
        weights = dict(zip(thread["samples"]["stack"], thread["samples"]["weight"]))
        functions, stacks = thread["funcTable"], thread["stackTable"]
        paths = []
        for i, prefix in enumerate(stacks["prefix"]):
            function = thread["frameTable"]["func"][stacks["frame"][i]]
            name, file = strings[functions["name"][function]], functions["fileName"][function]
            if file is not None:
                name += f" {strings[file]}:{functions['lineNumber'][function]}"
            paths.append((paths[prefix] if prefix is not None else [str(thread["tid"])]) + [name])
            yield text(paths[i], 0, round(weights.get(i, 0) * 1e6))


def fields_of(message):
    """Yields the fields of a message: number and value."""
    at = 0

    def number():
        nonlocal at
        value = shift = 0
        while True:
            byte = message[at]
            at += 1
            value |= (byte & 0x7f) << shift
            shift += 7
            if byte < 0x80:
                return value

    while at < len(message):
        key = number()
        if key & 7 == 0:
            yield key >> 3, number()
        else:
            assert key & 7 == 2, key
            size = number()
            yield key >> 3, message[at:at + size]
            at += size
    assert at == len(message)


def packed(numbers):
    values, value, shift = [], 0, 0
    for byte in numbers:
        value |= (byte & 0x7f) << shift
        shift += 7
        if byte < 0x80:
            values.append(value)
            value = shift = 0
    return values


def of_pprof(path):
    with gzip.open(path) as file:
        profile = list(fields_of(file.read()))
    strings = [value.decode("utf-8") for number, value in profile if number == 6]
    assert strings[0] == "", strings
    functions, lines = {}, {}
    for number, value in profile:
        if number == 5:
            function = dict(fields_of(value))
            functions[function[1]] = function
        elif number == 4:
            location = dict(fields_of(value))
            lines[location[1]] = dict(fields_of(location[4]))

    def name(location):
        line = lines[location]
        function = functions[line[1]]
        file = strings[function.get(4, 0)]
        return f"{strings[function[2]]} {file}:{line.get(2, 0)}" if file else strings[function[2]]

    for number, value in profile:
        if number == 2:
            sample = list(fields_of(value))
            (locations,) = [packed(part) for field, part in sample if field == 1]
            (values,) = [packed(part) for field, part in sample if field == 2]
            labels = [dict(fields_of(part)) for field, part in sample if field == 3]
            thread = [strings[label[2]].split(" ")[-1] for label in labels if strings[label[1]] == "thread"]
            yield text(thread + [name(location) for location in reversed(locations)], values[0], values[1])


READERS = {"json": of_json, "firefox": of_firefox, "speedscope": of_speedscope, "pprof": of_pprof}
for line in READERS[sys.argv[1]](sys.argv[2]):
    print(line)
