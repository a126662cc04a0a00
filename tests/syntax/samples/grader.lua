#!/usr/bin/env lua
-- Grades answers against a key.
local Grader = {}
Grader.__index = Grader

--[[ A grader
     compares "text". ]]
function Grader.new(key)
  return setmetatable({ key = key }, Grader)
end

function Grader:grade(answer)
  local report = [[graded -- no
comment]]
  print(report .. 'it\'s done')
  return answer == self.key and 1.0 or 0.0
end

local function halve(whole)
  return whole / 2
end

local clamp = function(value, low)
  return math.max(value, low)
end

local handlers = {
  on_start = function() return halve(1.0) end,
}

--[==[ a long ]] comment ]==]
Grader.static.load = function(path)
  return dofile(path)
end

return Grader
