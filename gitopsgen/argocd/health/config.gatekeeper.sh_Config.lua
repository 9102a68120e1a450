-- Older releases write no status at all.
for _, pod in ipairs((obj.status or {}).byPod or {}) do
  if pod.errors ~= nil and #pod.errors > 0 then
    return { status = "Degraded", message = pod.errors[1].message }
  end
end
return { status = "Healthy", message = "" }
