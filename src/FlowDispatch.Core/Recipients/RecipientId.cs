using System.Buffers.Binary;
using System.Globalization;

namespace FlowDispatch.Recipients;

/// <summary>
/// Names a recipient and says where it is kept: a version 7 UUID whose time is its execution's creation and whose
/// 62 bits of free choice hold the execution's number (31 bits) and the recipient's ordinal in it (31 bits).
/// </summary>
/// <remarks>
/// So a receipt that carries the id leads to its row without an index that every planned recipient would pay for.
/// Ids are no secret: every look-up checks the organization.
/// </remarks>
/// <param name="Value">The UUID.</param>
public readonly record struct RecipientId(Guid Value)
{
    private const int NumberBits = 31;

    /// <summary>The execution's number, from 1.</summary>
    public int ExecutionNumber => (int)(Low(Value) >> NumberBits);

    /// <summary>The recipient's place in its execution, from 0.</summary>
    public int Ordinal => (int)(Low(Value) & int.MaxValue);

    /// <summary>Both in one number: where to find it, and in the order in which rows lie.</summary>
    internal long Place => (long)Low(Value);

    /// <summary>The id of the recipient at <paramref name="ordinal"/> of execution <paramref name="executionNumber"/>.</summary>
    /// <param name="executionNumber">From 1.</param>
    /// <param name="ordinal">From 0.</param>
    /// <param name="executionCreatedAt">The execution's creation; the same for all its recipients.</param>
    public static RecipientId Create(int executionNumber, int ordinal, DateTimeOffset executionCreatedAt)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(executionNumber, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(ordinal);
        Span<byte> bytes = stackalloc byte[16];
        var milliseconds = (ulong)executionCreatedAt.ToUnixTimeMilliseconds();
        BinaryPrimitives.WriteUInt64BigEndian(bytes, (milliseconds << 16) | 0x7000);
        BinaryPrimitives.WriteUInt64BigEndian(bytes[8..], (2UL << 62) | ((ulong)executionNumber << NumberBits) | (uint)ordinal);
        return new(new Guid(bytes, bigEndian: true));
    }

    /// <summary>Reads the usual text form; false for anything that is no recipient's id.</summary>
    public static bool TryParse(string? text, out RecipientId id) => TryParse(text.AsSpan(), out id);

    internal static bool TryParse(ReadOnlySpan<char> text, out RecipientId id)
    {
        id = default;
        if (!Guid.TryParse(text, CultureInfo.InvariantCulture, out var value) || value.Version != 7 || Low(value) >> NumberBits == 0)
        {
            return false;
        }

        id = new(value);
        return true;
    }

    /// <summary>The lower-case text form, 36 characters.</summary>
    public override string ToString() => Value.ToString();

    private static ulong Low(Guid value)
    {
        Span<byte> bytes = stackalloc byte[16];
        value.TryWriteBytes(bytes, bigEndian: true, out _);
        return BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]) & 0x3FFF_FFFF_FFFF_FFFF;
    }
}
