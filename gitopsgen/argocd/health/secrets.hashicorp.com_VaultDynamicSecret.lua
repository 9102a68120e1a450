local lease = (obj.status or {}).secretLease or {}
if lease.id ~= nil and lease.id ~= "" then
  return { status = "Healthy", message = "" }
end
for _, condition in ipairs((obj.status or {}).conditions or {}) do
  if condition.status == "False" then
    return { status = "Degraded", message = condition.message }
  end
end
return { status = "Progressing", message = "no lease yet" }
