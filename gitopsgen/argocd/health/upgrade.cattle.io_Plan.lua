-- A plan that waits for its window is well: only one that the controller refuses, or cannot resolve, is not.
for _, condition in ipairs((obj.status or {}).conditions or {}) do
  local must = condition.type == "Validated" or condition.type == "LatestResolved"
  if must and condition.status == "False" then
    return { status = "Degraded", message = condition.message or condition.reason }
  end
end
if #((obj.status or {}).applying or {}) > 0 then
  return { status = "Progressing", message = "upgrading nodes" }
end
return { status = "Healthy", message = "" }
