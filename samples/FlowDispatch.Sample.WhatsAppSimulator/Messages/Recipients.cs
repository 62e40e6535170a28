using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace FlowDispatch.Sample.Simulator;

/// <summary>Who was written to, how often and last from which business number; about 40 bytes a person.</summary>
internal sealed class Recipients
{
    private readonly Dictionary<long, (int Messages, int Number)> _people = [];
    private readonly List<string> _numbers = [];

    public int Unique => _people.Count;

    public int Repeated { get; private set; }

    public void Add(MessageHead message)
    {
        var number = _numbers.IndexOf(message.PhoneNumberId); // a handful
        if (number < 0)
        {
            number = _numbers.Count;
            _numbers.Add(message.PhoneNumberId);
        }

        var key = Key(message.WaId, message.UserId);
        var messages = _people.GetValueOrDefault(key).Messages + 1;
        _people[key] = (messages, number);
        Repeated += messages == 2 ? 1 : 0;
    }

    /// <summary>The business number that last wrote to them, else the one that was first in use, else null.</summary>
    public string? NumberFor(string waId) =>
        _people.TryGetValue(Key(waId, null), out var person) ? _numbers[person.Number] : _numbers.FirstOrDefault();

    public void Clear()
    {
        _people.Clear();
        _numbers.Clear();
        Repeated = 0;
    }

    // A number is its own key; user ids take the other half of the range.
    private static long Key(string? waId, string? userId) => waId is not null
        ? long.Parse(waId, NumberStyles.None, CultureInfo.InvariantCulture)
        : BinaryPrimitives.ReadInt64LittleEndian(SHA256.HashData(Encoding.UTF8.GetBytes(userId!))) | long.MinValue;
}
