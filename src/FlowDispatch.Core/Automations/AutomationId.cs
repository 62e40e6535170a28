using System.Globalization;

namespace FlowDispatch.Automations;

/// <summary>Names an automation. A version 7 UUID where FlowDispatch made it.</summary>
/// <param name="Value">The UUID.</param>
public readonly record struct AutomationId(Guid Value)
{
    /// <summary>A new id whose time part is <paramref name="time"/>'s present instant.</summary>
    public static AutomationId New(TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(time);
        return new(Guid.CreateVersion7(time.GetUtcNow()));
    }

    /// <summary>Reads the usual text form of a UUID; false for anything else.</summary>
    public static bool TryParse(string? text, out AutomationId id)
    {
        var ok = Guid.TryParse(text, CultureInfo.InvariantCulture, out var value);
        id = new(value);
        return ok;
    }

    /// <summary>The lower-case text form, 36 characters.</summary>
    public override string ToString() => Value.ToString();
}
