{{- define "loadgate.name" -}}
{{- if contains .Chart.Name .Release.Name -}}
{{- .Release.Name | trunc 40 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name .Chart.Name | trunc 40 | trimSuffix "-" -}}
{{- end -}}
{{- end }}

{{/* What selects the pods of this release; never changes over its life. */}}
{{- define "loadgate.selector" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "loadgate.labels" -}}
{{ include "loadgate.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- end }}

{{- define "loadgate.serviceAccount" -}}
{{- if .Values.serviceAccount.create -}}
{{- .Values.serviceAccount.name | default (include "loadgate.name" .) -}}
{{- else -}}
{{- .Values.serviceAccount.name | default "default" -}}
{{- end -}}
{{- end }}

{{/* "true" where memory is written down to a volume of its own. */}}
{{- define "loadgate.persists" -}}
{{- if and .Values.persistence.enabled .Values.persistence.keySecret -}}true{{- end -}}
{{- end }}

{{- define "loadgate.image" -}}
{{- with .Values.image -}}
{{- if .digest -}}
{{ .repository }}@{{ .digest }}
{{- else -}}
{{ .repository }}:{{ .tag | default $.Chart.AppVersion }}
{{- end -}}
{{- end -}}
{{- end }}

{{/* What is true of a pod whether it serves or checks. */}}
{{- define "loadgate.pod" -}}
serviceAccountName: {{ include "loadgate.serviceAccount" . }}
automountServiceAccountToken: false
enableServiceLinks: false
{{- with .Values.image.pullSecrets }}
imagePullSecrets: {{- toYaml . | nindent 2 }}
{{- end }}
securityContext:
  runAsNonRoot: true
  runAsUser: 65532
  runAsGroup: 65532
  fsGroup: 65532
  fsGroupChangePolicy: OnRootMismatch
  seccompProfile:
    type: RuntimeDefault
{{- with .Values.nodeSelector }}
nodeSelector: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.tolerations }}
tolerations: {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{- define "loadgate.container" -}}
name: loadgate
image: {{ include "loadgate.image" . }}
imagePullPolicy: {{ .Values.image.pullPolicy }}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities:
    drop: [ALL]
env:
  - name: LOADGATE__ADMIN__LISTEN
    value: {{ printf "0.0.0.0:%d" (int .Values.adminPort) | quote }}
  - name: LOADGATE__SHUTDOWN__GRACE
    value: {{ printf "%ds" (int .Values.shutdown.graceSeconds) | quote }}
  - name: LOADGATE__LOG__FORMAT
    value: {{ .Values.log.format }}
  {{- if .Values.persistence.keySecret }}
  - name: LOADGATE__MEMORY__KEY
    value: '{ file = "/run/secrets/loadgate-memory/key" }'
  - name: LOADGATE__MEMORY__SNAPSHOT
    value: {{ printf "%s/memory" .Values.persistence.mountPath }}
  {{- end }}
  {{- with .Values.env }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
volumeMounts:
  - name: config
    mountPath: /etc/loadgate
    readOnly: true
  {{- range $name, $_ := .Values.secrets }}
  - name: {{ printf "secret-%s" $name }}
    mountPath: {{ printf "/run/secrets/loadgate/%s" $name }}
    readOnly: true
  {{- end }}
  {{- if .Values.persistence.keySecret }}
  - name: memory-key
    mountPath: /run/secrets/loadgate-memory
    readOnly: true
  {{- end }}
  {{- with .Values.volumeMounts }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- end }}

{{- define "loadgate.volumes" -}}
- name: config
  configMap:
    name: {{ include "loadgate.name" . }}
{{- range $name, $secret := .Values.secrets }}
- name: {{ printf "secret-%s" $name }}
  secret:
    secretName: {{ $secret.secretName }}
    # The group of the pod may read, nobody else.
    defaultMode: 0440
    {{- with $secret.items }}
    items: {{- toYaml . | nindent 6 }}
    {{- end }}
{{- end }}
{{- with .Values.persistence }}
{{- if .keySecret }}
- name: memory-key
  secret:
    secretName: {{ .keySecret }}
    defaultMode: 0440
    items:
      - {key: {{ .keyEntry | quote }}, path: key}
{{- end }}
{{- end }}
{{- with .Values.volumes }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{/* What the schema cannot compare. */}}
{{- define "loadgate.check" -}}
{{- $v := .Values -}}
{{- if and (not $v.autoscaling.enabled) (gt (int $v.replicas) (int $v.partitions)) -}}
{{- fail (printf "replicas (%d) is above partitions (%d): the replicas beyond would idle. Lower replicas, or raise partitions if the input topics have more" (int $v.replicas) (int $v.partitions)) -}}
{{- end -}}
{{- if and $v.autoscaling.enabled (gt (int $v.autoscaling.maxReplicas) (int $v.partitions)) -}}
{{- fail (printf "autoscaling.maxReplicas (%d) is above partitions (%d): the replicas beyond would idle. Lower it, or raise partitions if the input topics have more" (int $v.autoscaling.maxReplicas) (int $v.partitions)) -}}
{{- end -}}
{{- if and $v.autoscaling.enabled (gt (int $v.autoscaling.minReplicas) (int $v.autoscaling.maxReplicas)) -}}
{{- fail (printf "autoscaling.minReplicas (%d) is above autoscaling.maxReplicas (%d)" (int $v.autoscaling.minReplicas) (int $v.autoscaling.maxReplicas)) -}}
{{- end -}}
{{- if and $v.autoscaling.enabled (not $v.monitoring.podMonitor.enabled) -}}
{{- fail "autoscaling needs monitoring.podMonitor: it scales by a lag that Prometheus knows" -}}
{{- end -}}
{{- end }}
