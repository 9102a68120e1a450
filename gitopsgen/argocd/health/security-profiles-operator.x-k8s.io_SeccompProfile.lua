local status = (obj.status or {}).status
if status == "Installed" then
  return { status = "Healthy", message = "" }
end
if status == "Error" then
  return { status = "Degraded", message = "a node could not install it" }
end
return { status = "Progressing", message = status or "on no node yet" }
