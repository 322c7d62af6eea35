/**
 * Kubernetes' types as far as a revision's pod is made of them, in the notation of `shapes.ts`. Sources of volumes that
 * no revision may have, and other parts that are only ever refused, are `any`: it is enough that they are there.
 */
export const podShapes = `
ObjectMeta: name generateName namespace selfLink uid resourceVersion generation:int64 creationTimestamp?:Time deletionTimestamp:*Time
  deletionGracePeriodSeconds:*int64 labels:{}string annotations:{}string ownerReferences:[]OwnerReference finalizers:[]string
  managedFields:*any
OwnerReference: apiVersion! kind! name! uid! controller:*bool blockOwnerDeletion:*bool
PodSpec: volumes:[]Volume initContainers:[]Container containers!:[]Container ephemeralContainers:*any restartPolicy
  terminationGracePeriodSeconds:*int64 activeDeadlineSeconds:*int64 dnsPolicy nodeSelector:{}string serviceAccountName serviceAccount
  automountServiceAccountToken:*bool nodeName hostNetwork:bool hostPID:bool hostIPC:bool shareProcessNamespace:*bool
  securityContext:*PodSecurityContext imagePullSecrets:[]LocalObjectReference hostname subdomain affinity:*Affinity schedulerName
  tolerations:[]Toleration hostAliases:[]HostAlias priorityClassName priority:*int32 dnsConfig:*PodDNSConfig readinessGates:*any
  runtimeClassName:*string enableServiceLinks:*bool preemptionPolicy:*string overhead:{}Quantity
  topologySpreadConstraints:[]TopologySpreadConstraint setHostnameAsFQDN:*bool os:*any hostUsers:*bool schedulingGates:*any
  resourceClaims:*any resources:*ResourceRequirements hostnameOverride:*string workloadRef:*any
Volume: name! ...VolumeSource
VolumeSource: hostPath:*HostPathVolumeSource emptyDir:*EmptyDirVolumeSource gcePersistentDisk:*any awsElasticBlockStore:*any
  gitRepo:*any secret:*SecretVolumeSource nfs:*any iscsi:*any glusterfs:*any persistentVolumeClaim:*PersistentVolumeClaimVolumeSource
  rbd:*any flexVolume:*any cinder:*any cephfs:*any flocker:*any downwardAPI:*any fc:*any azureFile:*any configMap:*ConfigMapVolumeSource
  vsphereVolume:*any quobyte:*any azureDisk:*any photonPersistentDisk:*any projected:*ProjectedVolumeSource portworxVolume:*any
  scaleIO:*any storageos:*any csi:*CSIVolumeSource ephemeral:*EphemeralVolumeSource image:*ImageVolumeSource
HostPathVolumeSource: path! type:*string
EmptyDirVolumeSource: medium sizeLimit:*Quantity
SecretVolumeSource: secretName items:[]KeyToPath defaultMode:*int32 optional:*bool
KeyToPath: key! path! mode:*int32
PersistentVolumeClaimVolumeSource: claimName! readOnly:bool
ConfigMapVolumeSource: ...LocalObjectReference items:[]KeyToPath defaultMode:*int32 optional:*bool
LocalObjectReference: name
ProjectedVolumeSource: sources!:[]VolumeProjection defaultMode:*int32
VolumeProjection: secret:*SecretProjection downwardAPI:*DownwardAPIProjection configMap:*ConfigMapProjection
  serviceAccountToken:*ServiceAccountTokenProjection clusterTrustBundle:*any podCertificate:*any
SecretProjection: ...LocalObjectReference items:[]KeyToPath optional:*bool
DownwardAPIProjection: items:[]DownwardAPIVolumeFile
DownwardAPIVolumeFile: path! fieldRef:*ObjectFieldSelector resourceFieldRef:*ResourceFieldSelector mode:*int32
ObjectFieldSelector: apiVersion fieldPath!
ResourceFieldSelector: containerName resource! divisor:Quantity
ConfigMapProjection: ...LocalObjectReference items:[]KeyToPath optional:*bool
ServiceAccountTokenProjection: audience expirationSeconds:*int64 path!
CSIVolumeSource: driver! readOnly:*bool fsType:*string volumeAttributes:{}string nodePublishSecretRef:*LocalObjectReference
EphemeralVolumeSource: volumeClaimTemplate:*PersistentVolumeClaimTemplate
PersistentVolumeClaimTemplate: metadata:ObjectMeta spec!:PersistentVolumeClaimSpec
PersistentVolumeClaimSpec: accessModes:[]string selector:*LabelSelector resources:VolumeResourceRequirements volumeName
  storageClassName:*string volumeMode:*string dataSource:*TypedLocalObjectReference dataSourceRef:*TypedObjectReference
  volumeAttributesClassName:*string
LabelSelector: matchLabels:{}string matchExpressions:[]LabelSelectorRequirement
LabelSelectorRequirement: key! operator! values:[]string
VolumeResourceRequirements: limits:{}Quantity requests:{}Quantity
TypedLocalObjectReference: apiGroup!:*string kind! name!
TypedObjectReference: apiGroup!:*string kind! name! namespace:*string
ImageVolumeSource: reference pullPolicy
Container: name! image command:[]string args:[]string workingDir ports:[]ContainerPort envFrom:[]EnvFromSource env:[]EnvVar
  resources:ResourceRequirements resizePolicy:[]ContainerResizePolicy restartPolicy:*string restartPolicyRules:[]ContainerRestartRule
  volumeMounts:[]VolumeMount volumeDevices:[]VolumeDevice livenessProbe:*Probe readinessProbe:*Probe startupProbe:*Probe
  lifecycle:*Lifecycle terminationMessagePath terminationMessagePolicy imagePullPolicy securityContext:*SecurityContext stdin:bool
  stdinOnce:bool tty:bool
ContainerPort: name hostPort:int32 containerPort!:int32 protocol hostIP
EnvFromSource: prefix configMapRef:*ConfigMapEnvSource secretRef:*SecretEnvSource
ConfigMapEnvSource: ...LocalObjectReference optional:*bool
SecretEnvSource: ...LocalObjectReference optional:*bool
EnvVar: name! value valueFrom:*EnvVarSource
EnvVarSource: fieldRef:*ObjectFieldSelector resourceFieldRef:*ResourceFieldSelector configMapKeyRef:*ConfigMapKeySelector
  secretKeyRef:*SecretKeySelector fileKeyRef:*any
ConfigMapKeySelector: ...LocalObjectReference key! optional:*bool
SecretKeySelector: ...LocalObjectReference key! optional:*bool
ResourceRequirements: limits:{}Quantity requests:{}Quantity claims:[]ResourceClaim
ResourceClaim: name! request
ContainerResizePolicy: resourceName! restartPolicy!
ContainerRestartRule: action exitCodes:*ContainerRestartRuleOnExitCodes
ContainerRestartRuleOnExitCodes: operator values:[]int32
VolumeMount: name! readOnly:bool recursiveReadOnly:*string mountPath! subPath mountPropagation:*string subPathExpr
VolumeDevice: name! devicePath!
Probe: ...ProbeHandler initialDelaySeconds:int32 timeoutSeconds:int32 periodSeconds:int32 successThreshold:int32 failureThreshold:int32
  terminationGracePeriodSeconds:*int64
ProbeHandler: exec:*ExecAction httpGet:*HTTPGetAction tcpSocket:*TCPSocketAction grpc:*GRPCAction
ExecAction: command:[]string
HTTPGetAction: path port!:IntOrString host scheme httpHeaders:[]HTTPHeader
HTTPHeader: name! value!
TCPSocketAction: port!:IntOrString host
GRPCAction: port!:int32 service!:*string
Lifecycle: postStart:*LifecycleHandler preStop:*LifecycleHandler stopSignal:*string
LifecycleHandler: exec:*ExecAction httpGet:*HTTPGetAction tcpSocket:*TCPSocketAction sleep:*SleepAction
SleepAction: seconds!:int64
SecurityContext: capabilities:*Capabilities privileged:*bool seLinuxOptions:*SELinuxOptions
  windowsOptions:*WindowsSecurityContextOptions runAsUser:*int64 runAsGroup:*int64 runAsNonRoot:*bool readOnlyRootFilesystem:*bool
  allowPrivilegeEscalation:*bool procMount:*string seccompProfile:*SeccompProfile appArmorProfile:*AppArmorProfile
Capabilities: add:[]string drop:[]string
SELinuxOptions: user role type level
WindowsSecurityContextOptions: gmsaCredentialSpecName:*string gmsaCredentialSpec:*string runAsUserName:*string hostProcess:*bool
SeccompProfile: type! localhostProfile:*string
AppArmorProfile: type! localhostProfile:*string
PodSecurityContext: seLinuxOptions:*SELinuxOptions windowsOptions:*WindowsSecurityContextOptions runAsUser:*int64 runAsGroup:*int64
  runAsNonRoot:*bool supplementalGroups:[]int64 supplementalGroupsPolicy:*string fsGroup:*int64 sysctls:[]Sysctl
  fsGroupChangePolicy:*string seccompProfile:*SeccompProfile appArmorProfile:*AppArmorProfile seLinuxChangePolicy:*string
Sysctl: name! value!
Affinity: nodeAffinity:*NodeAffinity podAffinity:*PodAffinity podAntiAffinity:*PodAntiAffinity
NodeAffinity: requiredDuringSchedulingIgnoredDuringExecution:*NodeSelector
  preferredDuringSchedulingIgnoredDuringExecution:[]PreferredSchedulingTerm
NodeSelector: nodeSelectorTerms!:[]NodeSelectorTerm
NodeSelectorTerm: matchExpressions:[]NodeSelectorRequirement matchFields:[]NodeSelectorRequirement
NodeSelectorRequirement: key! operator! values:[]string
PreferredSchedulingTerm: weight!:int32 preference!:NodeSelectorTerm
PodAffinity: requiredDuringSchedulingIgnoredDuringExecution:[]PodAffinityTerm
  preferredDuringSchedulingIgnoredDuringExecution:[]WeightedPodAffinityTerm
PodAffinityTerm: labelSelector:*LabelSelector namespaces:[]string topologyKey! namespaceSelector:*LabelSelector matchLabelKeys:[]string
  mismatchLabelKeys:[]string
WeightedPodAffinityTerm: weight!:int32 podAffinityTerm!:PodAffinityTerm
PodAntiAffinity: requiredDuringSchedulingIgnoredDuringExecution:[]PodAffinityTerm
  preferredDuringSchedulingIgnoredDuringExecution:[]WeightedPodAffinityTerm
Toleration: key operator value effect tolerationSeconds:*int64
HostAlias: ip! hostnames:[]string
PodDNSConfig: nameservers:[]string searches:[]string options:[]PodDNSConfigOption
PodDNSConfigOption: name value:*string
TopologySpreadConstraint: maxSkew!:int32 topologyKey! whenUnsatisfiable! labelSelector:*LabelSelector minDomains:*int32
  nodeAffinityPolicy:*string nodeTaintsPolicy:*string matchLabelKeys:[]string
ObjectReference: kind namespace name uid apiVersion resourceVersion fieldPath
`;
