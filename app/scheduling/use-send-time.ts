import { useState } from 'react';
import { correctedNow } from '#app/ui/server-clock.ts';
import {
  fieldsOf,
  instantOf,
  offeredTimes,
  type DayAndTime,
  type OfferedTime,
  type TimeProblem,
} from './schedule-times.ts';

/** When a message is sent: now, at one of the offered times, or at a time that its sender enters. */
export interface SendTime {
  offered: readonly OfferedTime[];
  chosen: 'now' | 'other' | OfferedTime['words'];
  fields: DayAndTime;
  problem: TimeProblem | undefined;
  choose(chosen: SendTime['chosen']): void;
  fill(fields: DayAndTime): void;
  /** `now`, the time, or undefined if the fields give none, which is then shown next to them. */
  read(): Date | 'now' | undefined;
}

/** @param value the day and time that were chosen, undefined for now: it is the caller's to keep */
export function useSendTime(
  value: DayAndTime | undefined,
  onChange: (value: DayAndTime | undefined) => void,
): SendTime {
  const [offered] = useState(() =>
    offeredTimes(correctedNow()).map((each) => ({ ...each, fields: fieldsOf(each.at) })),
  );
  const [first] = useState(() => fieldsOf(offered[0]?.at ?? correctedNow()));
  const [isFilled, setFilled] = useState(false);
  const [problem, setProblem] = useState<TimeProblem>();
  const same = offered.find(({ fields }) => fields.date === value?.date && fields.time === value.time);
  const change = (next: DayAndTime | undefined, isByFields: boolean) => {
    setProblem(undefined);
    setFilled(isByFields);
    onChange(next);
  };
  return {
    offered,
    chosen: value === undefined ? 'now' : isFilled ? 'other' : (same?.words ?? 'other'),
    fields: value ?? first,
    problem,
    choose(next) {
      if (next === 'now') change(undefined, false);
      else if (next === 'other') change(value ?? first, true);
      else change(offered.find(({ words }) => words === next)?.fields, false);
    },
    fill: (next) => change(next, true),
    read() {
      if (value === undefined) return 'now';
      const picked = instantOf(value.date, value.time, correctedNow());
      if (picked instanceof Date) return picked;
      // An offered time may have passed while the dialog was open; the fields are then shown with the error.
      setFilled(true);
      setProblem(picked);
      return undefined;
    },
  };
}
