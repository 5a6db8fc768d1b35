import { clockFileVariable, followedSuffix } from './clock-file.ts';

/**
 * What Python runs first (`sitecustomize`, found by PYTHONPATH) in a service whose wall clock is to be off: `time` and `datetime`
 * are, by what stands in a file that is mapped into memory, so that forked workers follow it, too. Monotonic clocks go on as they
 * were, and so does what compiled extensions ask the system themselves. A thread in each process writes down what `time.time` says
 * there, less what is true, whenever the file has changed: that it is mapped alone proves nothing. A `sitecustomize` of the service's own runs before.
 * Known by its instances, as a class of these is: `datetime.datetime` and `datetime.date` stay what `isinstance`, `issubclass` and
 * `pickle` take them for.
 */
export const pythonClock: string = `
import importlib.machinery
import importlib.util
import os
import sys


def _run_their_own():
    here = os.path.dirname(os.path.abspath(__file__))
    others = [entry for entry in sys.path if os.path.abspath(entry or ".") != here]
    spec = importlib.machinery.PathFinder.find_spec("sitecustomize", others)
    if spec is not None and spec.loader is not None:
        spec.loader.exec_module(importlib.util.module_from_spec(spec))


def _shift_the_clock(path):
    import copyreg
    import datetime
    import mmap
    import struct
    import threading
    import time

    with open(path, "rb") as file:
        region = mmap.mmap(file.fileno(), 8, access=mmap.ACCESS_READ)
    offset_ms = struct.Struct("<d").unpack_from
    real_time, real_time_ns, real_clock, real_clock_ns = (
        time.time, time.time_ns, time.clock_gettime, time.clock_gettime_ns)
    real_gmtime, real_localtime, real_ctime, real_asctime, real_strftime = (
        time.gmtime, time.localtime, time.ctime, time.asctime, time.strftime)

    def now():
        return real_time() + offset_ms(region)[0] / 1000

    def shift_ns():
        return int(offset_ms(region)[0] * 1e6)

    def clock_gettime(clock):
        return now() if clock == time.CLOCK_REALTIME else real_clock(clock)

    def clock_gettime_ns(clock):
        return real_clock_ns(clock) + (shift_ns() if clock == time.CLOCK_REALTIME else 0)

    def localtime(seconds=None):
        return real_localtime(now() if seconds is None else seconds)

    time.time = now
    time.time_ns = lambda: real_time_ns() + shift_ns()
    time.clock_gettime = clock_gettime
    time.clock_gettime_ns = clock_gettime_ns
    time.localtime = localtime
    time.gmtime = lambda seconds=None: real_gmtime(now() if seconds is None else seconds)
    time.ctime = lambda seconds=None: real_ctime(now() if seconds is None else seconds)
    time.asctime = lambda moment=None: real_asctime(localtime() if moment is None else moment)
    time.strftime = lambda form, moment=None: real_strftime(form, localtime() if moment is None else moment)

    class KnownByInstances(type):
        def __instancecheck__(cls, thing):
            return isinstance(thing, cls._real) if "_real" in vars(cls) else type.__instancecheck__(cls, thing)

        def __subclasscheck__(cls, other):
            return issubclass(other, cls._real) if "_real" in vars(cls) else type.__subclasscheck__(cls, other)

    class shifted_date(datetime.date, metaclass=KnownByInstances):
        _real = datetime.date

        @classmethod
        def today(cls):
            return cls.fromtimestamp(now())

    class shifted_datetime(datetime.datetime, metaclass=KnownByInstances):
        _real = datetime.datetime

        @classmethod
        def now(cls, tz=None):
            return cls.fromtimestamp(now(), tz)

        @classmethod
        def today(cls):
            return cls.fromtimestamp(now())

        @classmethod
        def utcnow(cls):
            return cls.fromtimestamp(now(), datetime.timezone.utc).replace(tzinfo=None)

    for name, shifted in (("date", shifted_date), ("datetime", shifted_datetime)):
        real = getattr(datetime, name)
        shifted.__name__ = shifted.__qualname__ = name
        shifted.__module__ = "datetime"
        copyreg.pickle(real, lambda thing, cls=shifted: (cls, thing.__reduce_ex__(2)[1]))
        setattr(datetime, name, shifted)

    def witness():
        seen = 0.0
        while True:
            real_sleep(0.02)
            found = offset_ms(region)[0]
            if found == seen:
                continue
            seen = found
            # What is true again needs no witness, and its folder may have gone.
            if found != 0:
                try:
                    with open(path + "${followedSuffix}%d" % os.getpid(), "w") as file:
                        file.write(repr((time.time() - real_time()) * 1000))
                except OSError:
                    pass

    def follow():
        threading.Thread(target=witness, name="preopen-clock", daemon=True).start()

    real_sleep = time.sleep
    follow()
    os.register_at_fork(after_in_child=follow)


_run_their_own()
_clock_file = os.environ.get("${clockFileVariable}")
# It has gone where the fault is over and the service was started again since.
if _clock_file and os.path.exists(_clock_file):
    _shift_the_clock(_clock_file)
`;
