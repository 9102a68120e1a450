-- Its constraints have no kind before `created`; an error in its Rego is told by each pod of Gatekeeper.
local hs = { status = "Progressing", message = "Gatekeeper has not made its kind yet" }
if obj.status ~= nil then
  for _, pod in ipairs(obj.status.byPod or {}) do
    if pod.errors ~= nil and #pod.errors > 0 then
      return { status = "Degraded", message = pod.errors[1].message }
    end
  end
  if obj.status.created then
    hs = { status = "Healthy", message = "" }
  end
end
return hs
