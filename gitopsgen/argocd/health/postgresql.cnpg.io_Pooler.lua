local status = obj.status or {}
if status.phase == "failed" or (status.error ~= nil and status.error ~= "") then
  return { status = "Degraded", message = status.error or status.phaseReason or "failed" }
end
if (status.instances or 0) >= (obj.spec.instances or 1) then
  return { status = "Healthy", message = "" }
end
return { status = "Progressing", message = (status.instances or 0) .. " of " .. (obj.spec.instances or 1) .. " instances" }
