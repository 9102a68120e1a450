-- The API server types each expression against the kinds that it matches; a warning is one that would never hold.
local warnings = ((obj.status or {}).typeChecking or {}).expressionWarnings or {}
if #warnings > 0 then
  return { status = "Degraded", message = warnings[1].fieldRef .. ": " .. warnings[1].warning }
end
return { status = "Healthy", message = "" }
