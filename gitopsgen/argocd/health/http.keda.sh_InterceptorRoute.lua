for _, condition in ipairs((obj.status or {}).conditions or {}) do
  if condition.type == "Ready" then
    local status = condition.status == "True" and "Healthy" or "Degraded"
    return { status = status, message = condition.message or "" }
  end
end
return { status = "Progressing", message = "not read yet" }
