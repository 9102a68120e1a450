-- istiod writes a status only where it finds something, and only if it is told to (PILOT_ENABLE_STATUS).
for _, found in ipairs((obj.status or {}).validationMessages or {}) do
  if found.level == "ERROR" or found.level == 3 then
    return { status = "Degraded", message = (found.type or {}).code or "refused by Istio's analysis" }
  end
end
for _, condition in ipairs((obj.status or {}).conditions or {}) do
  if condition.type == "Reconciled" and condition.status == "False" then
    return { status = "Progressing", message = condition.message or "not with all proxies yet" }
  end
end
return { status = "Healthy", message = "" }
