for _, condition in ipairs((obj.status or {}).conditions or {}) do
  if condition.type == "Ready" and condition.status == "True" then
    return { status = "Healthy", message = "" }
  end
  if condition.type == "NotReady" and condition.reason ~= "Creating" then
    return { status = "Degraded", message = condition.message or condition.reason }
  end
end
return { status = "Progressing", message = "being created" }
