{{- define "waygate.name" -}}
{{- default .Release.Name .Values.nameOverride | trunc 50 | trimSuffix "-" -}}
{{- end -}}

{{- define "waygate.selector" -}}
app.kubernetes.io/name: waygate
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "waygate.labels" -}}
{{ include "waygate.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- end -}}
