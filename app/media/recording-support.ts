/** Whether this browser can record sound here. A module of its own, because the recorder is loaded only when it is used. */
export function canRecord(): boolean {
  // Absent outside secure contexts.
  return typeof MediaRecorder !== 'undefined' && (navigator.mediaDevices as MediaDevices | undefined) !== undefined;
}
