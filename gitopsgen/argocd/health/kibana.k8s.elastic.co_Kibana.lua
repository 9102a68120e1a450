local health = (obj.status or {}).health
if health == "green" then
  return { status = "Healthy", message = "" }
end
if health == "red" then
  return { status = "Degraded", message = "not available" }
end
return { status = "Progressing", message = health or "being created" }
