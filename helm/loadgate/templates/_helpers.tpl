{{- define "loadgate.name" -}}
{{- if regexMatch "^[0-9]" .Release.Name -}}
{{- /* The name of a Service begins with a letter. */ -}}
{{- printf "%s-%s" .Chart.Name .Release.Name | trunc 40 | trimSuffix "-" -}}
{{- else if contains .Chart.Name .Release.Name -}}
{{- .Release.Name | trunc 40 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name .Chart.Name | trunc 40 | trimSuffix "-" -}}
{{- end -}}
{{- end }}

{{/* What selects the pods of this release; never changes over its life. */}}
{{- define "loadgate.selector" -}}
app.kubernetes.io/name: {{ .Chart.Name | quote }}
app.kubernetes.io/instance: {{ .Release.Name | quote }}
{{- end }}

{{- define "loadgate.labels" -}}
{{ include "loadgate.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service | quote }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | quote }}
{{- end }}

{{/* Two maps, of which the first wins: what the chart sets cannot be changed. */}}
{{- define "loadgate.merged" -}}
{{- merge (index . 0 | fromYaml) (index . 1) | toYaml -}}
{{- end }}

{{/* The `job` that Prometheus gives to what it scrapes by a PodMonitor. */}}
{{- define "loadgate.job" -}}
{{ .Release.Namespace }}/{{ include "loadgate.name" . }}
{{- end }}

{{- define "loadgate.replicasMin" -}}
{{- if .Values.autoscaling.enabled }}{{ .Values.autoscaling.minReplicas }}{{ else }}{{ .Values.replicas }}{{ end -}}
{{- end }}

{{- define "loadgate.config" -}}
{{- $config := fromToml .Values.config -}}
{{- with $config.Error }}{{ fail (printf "config: %s" .) }}{{ end -}}
{{- toJson $config -}}
{{- end }}

{{/* What the program takes for a key: the variable of the environment, what stands in the configuration, or else its default. */}}
{{- define "loadgate.setting" -}}
{{- $root := index . 0 -}}
{{- $value := dig (index . 1) (index . 2) (index . 3) (include "loadgate.config" $root | fromJson) -}}
{{- $name := printf "LOADGATE__%s__%s" (index . 1) (index . 2) | upper -}}
{{- range $root.Values.env }}{{ if eq .name $name }}{{ $value = .value | default $value }}{{ end }}{{ end -}}
{{- $value -}}
{{- end }}

{{/* Of a duration as the program writes it. */}}
{{- define "loadgate.milliseconds" -}}
{{- $units := dict "ms" 1 "s" 1000 "m" 60000 "h" 3600000 -}}
{{- mul (regexFind "^[0-9]+" .) (get $units (regexFind "[a-z]+$" .)) -}}
{{- end }}

{{/* Of a quantity as Kubernetes writes it. */}}
{{- define "loadgate.amount" -}}
{{- $units := dict "m" 0.001 "k" 1e3 "M" 1e6 "G" 1e9 "T" 1e12 "Ki" 1024 "Mi" 1048576 "Gi" 1073741824 "Ti" 1099511627776 -}}
{{- $unit := toString . | regexFind "[A-Za-z]*$" -}}
{{- mulf (toString . | trimSuffix $unit) (get $units $unit | default 1) -}}
{{- end }}

{{- define "loadgate.serviceAccount" -}}
{{- if .Values.serviceAccount.create -}}
{{- .Values.serviceAccount.name | default (include "loadgate.name" .) | quote -}}
{{- else -}}
{{- .Values.serviceAccount.name | default "default" | quote -}}
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
image: {{ include "loadgate.image" . | quote }}
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
    value: {{ printf "%s/memory" .Values.persistence.mountPath | quote }}
  {{- end }}
  {{- if .Values.bundle.trustSecret }}
  - name: LOADGATE__BUNDLE__TRUST
    value: /run/secrets/loadgate-trust/trust.toml
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
  {{- if .Values.bundle.trustSecret }}
  - name: bundle-trust
    mountPath: /run/secrets/loadgate-trust
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
    secretName: {{ $secret.secretName | quote }}
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
    secretName: {{ .keySecret | quote }}
    defaultMode: 0440
    items:
      - {key: {{ .keyEntry | quote }}, path: key}
{{- end }}
{{- end }}
{{- with .Values.bundle }}
{{- if .trustSecret }}
- name: bundle-trust
  secret:
    secretName: {{ .trustSecret | quote }}
    defaultMode: 0440
    items:
      - {key: {{ .trustEntry | quote }}, path: trust.toml}
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
{{- if and $v.monitoring.rules.enabled (not $v.monitoring.podMonitor.enabled) -}}
{{- fail "monitoring.rules needs monitoring.podMonitor: the rules look at the series that it has scraped" -}}
{{- end -}}
{{- if regexMatch `"((key_)?password|key)":"` (include "loadgate.config" .) -}}
{{- fail "config holds a secret: write where it is, { file = \"…\" } or { env = \"…\" }" -}}
{{- end -}}
{{- $timeout := include "loadgate.setting" (list . "kafka" "transaction_timeout" "5s") -}}
{{- if le (mul 1000 $v.shutdown.graceSeconds) (include "loadgate.milliseconds" $timeout | int) -}}
{{- fail (printf "shutdown.graceSeconds (%d) must be above kafka.transaction_timeout (%s), so that the last transaction can end" (int $v.shutdown.graceSeconds) $timeout) -}}
{{- end -}}
{{- range $what, $limit := $v.resources.limits -}}
{{- $request := get $v.resources.requests $what | default $limit -}}
{{- if gt (include "loadgate.amount" $request | float64) (include "loadgate.amount" $limit | float64) -}}
{{- fail (printf "resources.requests.%s (%v) is above resources.limits.%s (%v)" $what $request $what $limit) -}}
{{- end -}}
{{- end -}}
{{- $delivered := or (include "loadgate.setting" (list . "bundle" "topic" "")) (include "loadgate.setting" (list . "bundle" "file" "")) -}}
{{- if and $v.bundle.trustSecret (not $delivered) -}}
{{- fail "bundle.trustSecret has no effect without bundle.topic or bundle.file in config: nothing else is signed" -}}
{{- end -}}
{{- if and $delivered (not $v.bundle.trustSecret) (not (include "loadgate.setting" (list . "bundle" "trust" ""))) -}}
{{- fail "a bundle of a topic or a file needs bundle.trustSecret, which says whose signatures count" -}}
{{- end -}}
{{- end }}
