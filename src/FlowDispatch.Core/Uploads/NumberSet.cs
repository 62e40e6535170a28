using System.Globalization;

namespace FlowDispatch.Uploads;

/// <summary>Remembers E.164 numbers in 11 to 16 bytes each: 256 MB of text can hold 20 million.</summary>
internal sealed class NumberSet
{
    private ulong[] _slots = new ulong[1_024]; // a power of two; 0 is free, and no number
    private int _count;

    /// <summary>Adds E.164 digits; false if they are there already.</summary>
    public bool Add(string digits)
    {
        // At most three quarters full, so that probing stays short.
        if (_count >= _slots.Length / 4 * 3)
        {
            Grow();
        }

        var isNew = Put(_slots, ulong.Parse(digits, NumberStyles.None, CultureInfo.InvariantCulture));
        _count += isNew ? 1 : 0;
        return isNew;
    }

    private static bool Put(ulong[] slots, ulong number)
    {
        // HashCode is seeded for each process: nobody can choose numbers that collide.
        var mask = slots.Length - 1;
        for (var slot = HashCode.Combine(number) & mask; ; slot = (slot + 1) & mask)
        {
            if (slots[slot] == number)
            {
                return false;
            }

            if (slots[slot] == 0)
            {
                slots[slot] = number;
                return true;
            }
        }
    }

    private void Grow()
    {
        var slots = new ulong[_slots.Length * 2];
        foreach (var number in _slots)
        {
            if (number != 0)
            {
                Put(slots, number);
            }
        }

        _slots = slots;
    }
}
