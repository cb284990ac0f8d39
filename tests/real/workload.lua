-- Typical work of Lua programs, for check-real and bench: `lua workload.lua [SCALE [SECTIONS]]`. Prints sums that
-- depend on all of the work. It is deterministic: it uses no clock, and no addresses in the output or as table keys.
local scale = tonumber(arg[1]) or 1
local wanted = arg[2]

local state = 42
local function random(limit)
    state = (state * 1103515245 + 12345) % 2147483648
    return state // 65536 % limit
end

-- Recursion, plain and mutual, and a tail call.
local function fibonacci(n)
    return n < 2 and n or fibonacci(n - 1) + fibonacci(n - 2)
end

local is_odd
local function is_even(n)
    if n == 0 then return true end
    return is_odd(n - 1)
end
function is_odd(n)
    if n == 0 then return false end
    return is_even(n - 1)
end

-- Sorting, with the comparison in C and in Lua. With Lua, lua_call calls sort, which calls lua_call.
local function sorting()
    local numbers, words = {}, {}
    for i = 1, 1000 * scale do
        numbers[i] = random(30000)
        words[i] = string.format("%05d-%s", random(30000), string.char(97 + random(26)))
    end
    table.sort(numbers)
    table.sort(words, function(a, b) return a > b end)
    return numbers[1] + numbers[#numbers], words[1] .. words[#words]
end

-- Formatting and concatenating.
local function formatting()
    local lines = {}
    for i = 1, 800 * scale do
        lines[#lines + 1] = string.format("%d %8.3f %-10s|%q|%x", i, i / 7, "n" .. i, "a\nb", i * 31)
    end
    local text = table.concat(lines, "\n")
    return #text, text:sub(-20)
end

-- Patterns: find, gsub with a function and with a table, gmatch.
local function patterns()
    local text = string.rep("The quick brown fox, aged 12, jumps over 3 lazy dogs. ", 15 * scale)
    local words, digits = 0, 0
    for _ in text:gmatch("%a+") do words = words + 1 end
    for number in text:gmatch("%f[%d]%d+") do digits = digits + tonumber(number) end
    local upper = text:gsub("(%w)(%w*)", function(head, rest) return head:upper() .. rest end)
    local swapped, count = text:gsub("%a+", { fox = "cat", dogs = "birds" })
    return words, digits, #upper, #swapped, count, (swapped:find("birds", 1, true))
end

-- Tables, metatables, closures; enough garbage to make the collector work.
local Vector = {}
Vector.__index = Vector
Vector.__add = function(a, b) return setmetatable({ x = a.x + b.x, y = a.y + b.y }, Vector) end
Vector.__eq = function(a, b) return a.x == b.x and a.y == b.y end
function Vector:length2() return self.x * self.x + self.y * self.y end

local function objects()
    local sum = setmetatable({ x = 0, y = 0 }, Vector)
    for i = 1, 2000 * scale do
        sum = sum + setmetatable({ x = i, y = -i }, Vector)
    end
    local counters = {}
    for i = 1, 100 do
        local count = 0
        counters[i] = function() count = count + i; return count end
    end
    local total = 0
    for _ = 1, 5 * scale do
        for _, counter in ipairs(counters) do total = total + counter() end
    end
    local keyed = {}
    for i = 1, 1000 * scale do keyed["key" .. i % 500] = (keyed["key" .. i % 500] or 0) + i end
    local checksum = 0
    for key, value in pairs(keyed) do checksum = checksum + #key * value end
    return sum:length2(), sum == sum + setmetatable({ x = 0, y = 0 }, Vector), total, checksum
end

-- Errors: Lua leaves several C functions at once with longjmp.
local function deep_error(depth)
    if depth == 0 then error({ code = 7 }) end
    return (deep_error(depth - 1))
end

local function errors()
    local caught, codes = 0, 0
    for i = 1, 60 * scale do
        local ok, problem = pcall(deep_error, i % 20)
        if not ok then codes = codes + problem.code end
        -- Errors that pass through C: from sort's comparison, gsub's function, and a library function that fails.
        ok = pcall(table.sort, { 3, 1, 2 }, function() error("no order") end)
        caught = caught + (ok and 0 or 1)
        ok = pcall(string.gsub, "abc", "%w", function() error("no letter") end)
        caught = caught + (ok and 0 or 1)
        ok = pcall(string.rep)
        caught = caught + (ok and 0 or 1)
        ok = xpcall(function() return nil + 1 end, function(message) return message end)
        caught = caught + (ok and 0 or 1)
    end
    return caught, codes
end

-- Coroutines: they yield with longjmp too, also across pcall.
local function coroutines()
    local function generate(n)
        return coroutine.wrap(function()
            for i = 1, n do
                pcall(function() coroutine.yield(i) end)
            end
        end)
    end
    local total = 0
    for _ = 1, 4 * scale do
        for value in generate(50) do total = total + value end
    end
    local failing = coroutine.create(function() coroutine.yield(1); error("inside") end)
    local _, first = coroutine.resume(failing)
    local ok = coroutine.resume(failing)
    return total, first, ok
end

-- Code that is compiled at run time, by the lexer and the recursive parser.
local function compiling()
    local total = 0
    for i = 1, 20 * scale do
        local source = "local a = " .. i .. "; return " .. string.rep("(a + 1) * ", 10) .. "1"
        total = total + load(source)() % 1000
        total = total + (load("return " .. string.rep("(", 50)) and 1 or 0)
    end
    return total
end

local sections = {
    { "recursion", function() return fibonacci(14 + scale // 8), is_even(1000 * scale) end },
    { "sorting", sorting },
    { "formatting", formatting },
    { "patterns", patterns },
    { "objects", objects },
    { "errors", errors },
    { "coroutines", coroutines },
    { "compiling", compiling },
}
for _, section in ipairs(sections) do
    local name, run = table.unpack(section)
    if not wanted or wanted:find(name, 1, true) then print(name, run()) end
end
-- An unusual exit status, which must be kept. It also makes Lua call exit, so that main does not return.
os.exit(wanted and 0 or 3, true)
