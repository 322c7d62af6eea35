/**
 * Kubernetes' types as far as a revision's pod is made of them, in the notation of `shapes.ts`. Sources of volumes that
 * no revision may have, and other parts that are only ever refused, are `any`: it is enough that they are there.
 */
export const podShapes = `
ObjectMeta: name generateName namespace selfLink uid resourceVersion generation:int64 creationTimestamp?:Time deletionTimestamp:*Time
  deletionGracePeriodSeconds:*int64 labels:{}string annotations:{}string ownerReferences:[]OwnerReference finalizers:[]string
  managedFields:*any
OwnerReference: apiVersion! kind! name! uid! controller:*bool blockOwnerDeletion:*bool
PodSpec: volumes:[]Volume initContainers:[]Container containers!:[]Container ephemeralContainers:*any restartPolicy:RestartPolicy
  terminationGracePeriodSeconds:*int64 activeDeadlineSeconds:*int64 dnsPolicy:DNSPolicy nodeSelector:{}string serviceAccountName
  serviceAccount automountServiceAccountToken:*bool nodeName hostNetwork:bool hostPID:bool hostIPC:bool shareProcessNamespace:*bool
  securityContext:*PodSecurityContext imagePullSecrets:[]LocalObjectReference hostname subdomain affinity:*Affinity schedulerName
  tolerations:[]Toleration hostAliases:[]HostAlias priorityClassName priority:*int32 dnsConfig:*PodDNSConfig readinessGates:*any
  runtimeClassName:*string enableServiceLinks:*bool preemptionPolicy:*PreemptionPolicy overhead:ResourceList
  topologySpreadConstraints:[]TopologySpreadConstraint setHostnameAsFQDN:*bool os:*any hostUsers:*bool schedulingGates:*any
  resourceClaims:*any resources:*ResourceRequirements hostnameOverride:*string workloadRef:*any
Volume: name! ...VolumeSource
VolumeSource: hostPath:*HostPathVolumeSource emptyDir:*EmptyDirVolumeSource gcePersistentDisk:*any awsElasticBlockStore:*any
  gitRepo:*any secret:*SecretVolumeSource nfs:*any iscsi:*any glusterfs:*any persistentVolumeClaim:*PersistentVolumeClaimVolumeSource
  rbd:*any flexVolume:*any cinder:*any cephfs:*any flocker:*any downwardAPI:*any fc:*any azureFile:*any configMap:*ConfigMapVolumeSource
  vsphereVolume:*any quobyte:*any azureDisk:*any photonPersistentDisk:*any projected:*ProjectedVolumeSource portworxVolume:*any
  scaleIO:*any storageos:*any csi:*CSIVolumeSource ephemeral:*EphemeralVolumeSource image:*ImageVolumeSource
HostPathVolumeSource: path! type:*HostPathType
EmptyDirVolumeSource: medium:StorageMedium sizeLimit:*Quantity
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
PersistentVolumeClaimSpec: accessModes:[]PersistentVolumeAccessMode selector:*LabelSelector resources:VolumeResourceRequirements
  volumeName storageClassName:*string volumeMode:*PersistentVolumeMode dataSource:*TypedLocalObjectReference
  dataSourceRef:*TypedObjectReference volumeAttributesClassName:*string
LabelSelector: matchLabels:{}string matchExpressions:[]LabelSelectorRequirement
LabelSelectorRequirement: key! operator!:LabelSelectorOperator values:[]string
VolumeResourceRequirements: limits:ResourceList requests:ResourceList
TypedLocalObjectReference: apiGroup!:*string kind! name!
TypedObjectReference: apiGroup!:*string kind! name! namespace:*string
ImageVolumeSource: reference pullPolicy:PullPolicy
Container: name! image command:[]string args:[]string workingDir ports:[]ContainerPort envFrom:[]EnvFromSource env:[]EnvVar
  resources:ResourceRequirements resizePolicy:[]ContainerResizePolicy restartPolicy:*ContainerRestartPolicy
  restartPolicyRules:[]ContainerRestartRule volumeMounts:[]VolumeMount volumeDevices:[]VolumeDevice livenessProbe:*Probe
  readinessProbe:*Probe startupProbe:*Probe lifecycle:*Lifecycle terminationMessagePath
  terminationMessagePolicy:TerminationMessagePolicy imagePullPolicy:PullPolicy securityContext:*SecurityContext stdin:bool
  stdinOnce:bool tty:bool
ContainerPort: name hostPort:int32 containerPort!:int32 protocol:Protocol hostIP
EnvFromSource: prefix configMapRef:*ConfigMapEnvSource secretRef:*SecretEnvSource
ConfigMapEnvSource: ...LocalObjectReference optional:*bool
SecretEnvSource: ...LocalObjectReference optional:*bool
EnvVar: name! value valueFrom:*EnvVarSource
EnvVarSource: fieldRef:*ObjectFieldSelector resourceFieldRef:*ResourceFieldSelector configMapKeyRef:*ConfigMapKeySelector
  secretKeyRef:*SecretKeySelector fileKeyRef:*any
ConfigMapKeySelector: ...LocalObjectReference key! optional:*bool
SecretKeySelector: ...LocalObjectReference key! optional:*bool
ResourceRequirements: limits:ResourceList requests:ResourceList claims:[]ResourceClaim
ResourceClaim: name! request
ContainerResizePolicy: resourceName!:ResourceName restartPolicy!:ResourceResizeRestartPolicy
ContainerRestartRule: action:ContainerRestartRuleAction exitCodes:*ContainerRestartRuleOnExitCodes
ContainerRestartRuleOnExitCodes: operator:ContainerRestartRuleOnExitCodesOperator values:[]int32
VolumeMount: name! readOnly:bool recursiveReadOnly:*RecursiveReadOnlyMode mountPath! subPath mountPropagation:*MountPropagationMode
  subPathExpr
VolumeDevice: name! devicePath!
Probe: ...ProbeHandler initialDelaySeconds:int32 timeoutSeconds:int32 periodSeconds:int32 successThreshold:int32 failureThreshold:int32
  terminationGracePeriodSeconds:*int64
ProbeHandler: exec:*ExecAction httpGet:*HTTPGetAction tcpSocket:*TCPSocketAction grpc:*GRPCAction
ExecAction: command:[]string
HTTPGetAction: path port!:IntOrString host scheme:URIScheme httpHeaders:[]HTTPHeader
HTTPHeader: name! value!
TCPSocketAction: port!:IntOrString host
GRPCAction: port!:int32 service!:*string
Lifecycle: postStart:*LifecycleHandler preStop:*LifecycleHandler stopSignal:*Signal
LifecycleHandler: exec:*ExecAction httpGet:*HTTPGetAction tcpSocket:*TCPSocketAction sleep:*SleepAction
SleepAction: seconds!:int64
SecurityContext: capabilities:*Capabilities privileged:*bool seLinuxOptions:*SELinuxOptions
  windowsOptions:*WindowsSecurityContextOptions runAsUser:*int64 runAsGroup:*int64 runAsNonRoot:*bool readOnlyRootFilesystem:*bool
  allowPrivilegeEscalation:*bool procMount:*ProcMountType seccompProfile:*SeccompProfile appArmorProfile:*AppArmorProfile
Capabilities: add:[]Capability drop:[]Capability
SELinuxOptions: user role type level
WindowsSecurityContextOptions: gmsaCredentialSpecName:*string gmsaCredentialSpec:*string runAsUserName:*string hostProcess:*bool
SeccompProfile: type!:SeccompProfileType localhostProfile:*string
AppArmorProfile: type!:AppArmorProfileType localhostProfile:*string
PodSecurityContext: seLinuxOptions:*SELinuxOptions windowsOptions:*WindowsSecurityContextOptions runAsUser:*int64 runAsGroup:*int64
  runAsNonRoot:*bool supplementalGroups:[]int64 supplementalGroupsPolicy:*SupplementalGroupsPolicy fsGroup:*int64 sysctls:[]Sysctl
  fsGroupChangePolicy:*PodFSGroupChangePolicy seccompProfile:*SeccompProfile appArmorProfile:*AppArmorProfile
  seLinuxChangePolicy:*PodSELinuxChangePolicy
Sysctl: name! value!
Affinity: nodeAffinity:*NodeAffinity podAffinity:*PodAffinity podAntiAffinity:*PodAntiAffinity
NodeAffinity: requiredDuringSchedulingIgnoredDuringExecution:*NodeSelector
  preferredDuringSchedulingIgnoredDuringExecution:[]PreferredSchedulingTerm
NodeSelector: nodeSelectorTerms!:[]NodeSelectorTerm
NodeSelectorTerm: matchExpressions:[]NodeSelectorRequirement matchFields:[]NodeSelectorRequirement
NodeSelectorRequirement: key! operator!:NodeSelectorOperator values:[]string
PreferredSchedulingTerm: weight!:int32 preference!:NodeSelectorTerm
PodAffinity: requiredDuringSchedulingIgnoredDuringExecution:[]PodAffinityTerm
  preferredDuringSchedulingIgnoredDuringExecution:[]WeightedPodAffinityTerm
PodAffinityTerm: labelSelector:*LabelSelector namespaces:[]string topologyKey! namespaceSelector:*LabelSelector matchLabelKeys:[]string
  mismatchLabelKeys:[]string
WeightedPodAffinityTerm: weight!:int32 podAffinityTerm!:PodAffinityTerm
PodAntiAffinity: requiredDuringSchedulingIgnoredDuringExecution:[]PodAffinityTerm
  preferredDuringSchedulingIgnoredDuringExecution:[]WeightedPodAffinityTerm
Toleration: key operator:TolerationOperator value effect:TaintEffect tolerationSeconds:*int64
HostAlias: ip! hostnames:[]string
PodDNSConfig: nameservers:[]string searches:[]string options:[]PodDNSConfigOption
PodDNSConfigOption: name value:*string
TopologySpreadConstraint: maxSkew!:int32 topologyKey! whenUnsatisfiable!:UnsatisfiableConstraintAction labelSelector:*LabelSelector
  minDomains:*int32 nodeAffinityPolicy:*NodeInclusionPolicy nodeTaintsPolicy:*NodeInclusionPolicy matchLabelKeys:[]string
ObjectReference: kind namespace name uid apiVersion resourceVersion fieldPath
`;

/** Names of plain types of this package, `Name=type`; they stand in errors. */
export const podNames = `
AppArmorProfileType=string Capability=string ContainerRestartPolicy=string ContainerRestartRuleAction=string
ContainerRestartRuleOnExitCodesOperator=string DNSPolicy=string HostPathType=string LabelSelectorOperator=string
MountPropagationMode=string NodeInclusionPolicy=string NodeSelectorOperator=string PersistentVolumeAccessMode=string
PersistentVolumeMode=string PodFSGroupChangePolicy=string PodSELinuxChangePolicy=string PreemptionPolicy=string ProcMountType=string
Protocol=string PullPolicy=string RecursiveReadOnlyMode=string ResourceName=string ResourceResizeRestartPolicy=string
RestartPolicy=string SeccompProfileType=string Signal=string StorageMedium=string SupplementalGroupsPolicy=string TaintEffect=string
TerminationMessagePolicy=string TolerationOperator=string URIScheme=string UnsatisfiableConstraintAction=string ResourceList={}Quantity
`;
