-- Violations are of others, and told by the audit: a constraint that finds some is well.
local hs = { status = "Progressing", message = "no pod of Gatekeeper enforces it yet" }
if obj.status ~= nil then
  for _, pod in ipairs(obj.status.byPod or {}) do
    if pod.errors ~= nil and #pod.errors > 0 then
      return { status = "Degraded", message = pod.errors[1].message }
    end
    if pod.enforced then
      hs = { status = "Healthy", message = "" }
    end
  end
  if hs.status == "Healthy" and (obj.status.totalViolations or 0) > 0 then
    hs.message = obj.status.totalViolations .. " violations"
  end
end
return hs
