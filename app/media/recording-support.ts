/** Whether this browser can record sound here. In a separate module, because the recorder is loaded only when it is used. */
export function canRecord(): boolean {
  // Absent outside secure contexts.
  return typeof MediaRecorder !== 'undefined' && (navigator.mediaDevices as MediaDevices | undefined) !== undefined;
}
