local status = obj.status or {}
if status.valid == true then
  return { status = "Healthy", message = "" }
end
if status.valid == false then
  return { status = "Degraded", message = status.error or "Vault does not take it" }
end
return { status = "Progressing", message = "not tried yet" }
