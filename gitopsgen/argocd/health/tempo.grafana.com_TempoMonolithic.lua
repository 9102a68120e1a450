local ready = false
for _, condition in ipairs((obj.status or {}).conditions or {}) do
  if condition.status == "True" then
    if condition.type == "Failed" or condition.type == "ConfigurationError" then
      return { status = "Degraded", message = condition.message or condition.reason }
    end
    ready = ready or condition.type == "Ready"
  end
end
if ready then
  return { status = "Healthy", message = "" }
end
return { status = "Progressing", message = "pods are not ready yet" }
