using System.Globalization;
using System.Text.Json;

namespace FlowDispatch.Validation;

/// <summary>
/// Reads a JSON object strictly: every field is asked for by name and type, errors are collected by path instead of
/// thrown one by one, and whatever was never asked for is refused by name.
/// </summary>
public sealed class JsonFields
{
    private readonly Dictionary<string, JsonElement> _fields = new(StringComparer.Ordinal);
    private readonly List<string> _known = [];

    /// <summary>Reads <paramref name="json"/>; anything but an object is an error at <paramref name="path"/> and then has no fields.</summary>
    /// <param name="json">The object.</param>
    /// <param name="errors">Where errors go; shared with nested objects.</param>
    /// <param name="path">The path of the object itself; empty for the outermost.</param>
    public JsonFields(JsonElement json, FieldErrors errors, string path = "")
    {
        ArgumentNullException.ThrowIfNull(errors);
        ArgumentNullException.ThrowIfNull(path);
        Errors = errors;
        Path = path;
        if (json.ValueKind != JsonValueKind.Object)
        {
            errors.Add(path, $"must be an object, not {Kind(json)}.");
            return;
        }

        foreach (var property in json.EnumerateObject())
        {
            if (!_fields.TryAdd(property.Name, property.Value))
            {
                errors.Add(PathOf(property.Name), "is given twice.");
            }
        }
    }

    /// <summary>What is wrong so far.</summary>
    public FieldErrors Errors { get; }

    /// <summary>The path of the object itself.</summary>
    public string Path { get; }

    /// <summary>The names given, in their order.</summary>
    public IEnumerable<string> Names => _fields.Keys;

    /// <summary>A value's kind in words, for messages.</summary>
    public static string Kind(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "a list",
        JsonValueKind.String => "a text",
        JsonValueKind.Number => "a number",
        JsonValueKind.True or JsonValueKind.False => "a boolean",
        _ => "null",
    };

    /// <summary>The path of one of its fields.</summary>
    public string PathOf(string name) => Path.Length == 0 ? name : $"{Path}.{name}";

    /// <summary>Adds an error at a field.</summary>
    public void Refuse(string name, string message) => Errors.Add(PathOf(name), message);

    /// <summary>Adds an error for each of these that is left out or null.</summary>
    public void Require(params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            Know(name);
            if (!_fields.TryGetValue(name, out var value) || value.ValueKind == JsonValueKind.Null)
            {
                Refuse(name, "is required.");
            }
        }
    }

    /// <summary>Adds an error for each of these that is given as null: fields that can be changed but not cleared.</summary>
    public void RefuseNull(params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            Know(name);
            if (_fields.TryGetValue(name, out var value) && value.ValueKind == JsonValueKind.Null)
            {
                Refuse(name, "can't be null.");
            }
        }
    }

    /// <summary>Whether a field is there, null included.</summary>
    public bool Has(string name) => _fields.ContainsKey(name);

    /// <summary>A text.</summary>
    public Given<string?> Text(string name, int least = 0, int most = int.MaxValue) => Read(name, JsonValueKind.String, "a text", value =>
    {
        var text = value.GetString()!;
        if (text.Length < least || text.Length > most)
        {
            Refuse(name, $"has {Count(text.Length)} characters; it must have {Range(least, most)}.");
        }
        else if (least > 0 && string.IsNullOrWhiteSpace(text))
        {
            Refuse(name, "must not be blank.");
        }

        return text;
    });

    /// <summary>A whole number.</summary>
    public Given<int?> WholeNumber(string name, int least = int.MinValue, int most = int.MaxValue) => Read<int?>(name, JsonValueKind.Number, "a whole number", value =>
    {
        if (!IsWhole(value, out var number))
        {
            Refuse(name, $"is {Short(value)}; it must be a whole number{(least == int.MinValue ? "" : " " + From(least, most))}.");
            return null;
        }

        if (number < least || number > most)
        {
            Refuse(name, $"is {Count(number)}; it must be {From(least, most)}.");
        }

        return number;
    });

    /// <summary>A number.</summary>
    public Given<double?> Number(string name) => Read<double?>(name, JsonValueKind.Number, "a number", value =>
    {
        if (value.TryGetDouble(out var number) && double.IsFinite(number))
        {
            return number;
        }

        Refuse(name, $"is {Short(value)}, which is too large.");
        return null;
    });

    /// <summary>True or false.</summary>
    public Given<bool?> Flag(string name)
    {
        if (!Take(name, out var value) || value.ValueKind == JsonValueKind.Null)
        {
            return new(Has(name), null);
        }

        if (value.ValueKind is JsonValueKind.True or JsonValueKind.False)
        {
            return new(true, value.GetBoolean());
        }

        Refuse(name, $"must be true or false, not {Kind(value)}.");
        return new(true, null);
    }

    /// <summary>A UUID in its usual form.</summary>
    public Given<Guid?> Id(string name) => Read<Guid?>(name, JsonValueKind.String, "a UUID", value =>
    {
        if (Guid.TryParseExact(value.GetString(), "D", out var id))
        {
            return id;
        }

        Refuse(name, $"\"{Short(value)}\" is no UUID.");
        return null;
    });

    /// <summary>One of an enumeration's words.</summary>
    public Given<T?> Word<T>(string name)
        where T : struct, Enum => Read<T?>(name, JsonValueKind.String, "a text", value =>
    {
        if (JsonText.TryWord<T>(value.GetString(), out var word))
        {
            return word;
        }

        Refuse(name, $"\"{Short(value)}\" is none of {string.Join(", ", Enum.GetValues<T>().Select(JsonText.Word))}.");
        return null;
    });

    /// <summary>An ISO-8601 duration of weeks, or of days and shorter units, like <c>PT24H</c>; more than zero.</summary>
    public Given<TimeSpan?> Duration(string name) => Read<TimeSpan?>(name, JsonValueKind.String, "an ISO-8601 duration", value =>
    {
        if (IsoDuration.TryParse(value.GetString(), out var span) && span > TimeSpan.Zero)
        {
            return span;
        }

        Refuse(name, $"\"{Short(value)}\" is no ISO-8601 duration of weeks or shorter units and more than zero, like \"PT24H\".");
        return null;
    });

    /// <summary>A wall-clock time, <c>HH:MM</c> or <c>HH:MM:SS</c>.</summary>
    public Given<TimeOnly?> Time(string name) => Read<TimeOnly?>(name, JsonValueKind.String, "a time", value =>
    {
        if (TimeOnly.TryParseExact(value.GetString(), ["HH:mm", "HH:mm:ss"], CultureInfo.InvariantCulture, DateTimeStyles.None, out var time))
        {
            return time;
        }

        Refuse(name, $"\"{Short(value)}\" is no time of the form \"HH:MM\" or \"HH:MM:SS\".");
        return null;
    });

    /// <summary>A nested object, read with the same errors; its own unknown fields are refused by its own <see cref="RefuseUnknown"/>.</summary>
    public Given<JsonFields?> Section(string name) =>
        Read(name, JsonValueKind.Object, "an object", value => new JsonFields(value, Errors, PathOf(name)));

    /// <summary>A free-form object, kept as it is.</summary>
    public Given<JsonElement?> FreeForm(string name) => Read<JsonElement?>(name, JsonValueKind.Object, "an object", value => value.Clone());

    /// <summary>A list, element by element with the element's path.</summary>
    public Given<IReadOnlyList<(string Path, JsonElement Value)>?> List(string name, int least = 0, int most = int.MaxValue) =>
        Read<IReadOnlyList<(string Path, JsonElement Value)>?>(name, JsonValueKind.Array, "a list", value =>
        {
            var length = value.GetArrayLength();
            if (length < least || length > most)
            {
                Refuse(name, $"has {Count(length)} elements; it must have {Range(least, most)}.");
            }

            var path = PathOf(name);
            return [.. value.EnumerateArray().Select((element, at) => ($"{path}[{at.ToString(CultureInfo.InvariantCulture)}]", element))];
        });

    /// <summary>A list of texts.</summary>
    public Given<IReadOnlyList<string>?> Texts(string name, int mostElements = int.MaxValue, int mostCharacters = int.MaxValue)
    {
        var list = List(name, 0, mostElements);
        if (list.Value is null)
        {
            return new(list.IsGiven, null);
        }

        var texts = new List<string>(list.Value.Count);
        foreach (var (path, value) in list.Value)
        {
            if (value.ValueKind != JsonValueKind.String)
            {
                Errors.Add(path, $"must be a text, not {Kind(value)}.");
            }
            else if (value.GetString() is { } text && text.Length > mostCharacters)
            {
                Errors.Add(path, $"has {Count(text.Length)} characters; it must have {Range(0, mostCharacters)}.");
            }
            else
            {
                texts.Add(value.GetString()!);
            }
        }

        return new(true, texts);
    }

    /// <summary>A value of any type; null where it is null.</summary>
    public Given<JsonElement?> Any(string name) =>
        Take(name, out var value) ? new(true, value.ValueKind == JsonValueKind.Null ? null : value.Clone()) : default;

    /// <summary>Refuses the fields that nobody asked for, with the nearest known name.</summary>
    public void RefuseUnknown()
    {
        foreach (var name in _fields.Keys.Where(n => !_known.Contains(n, StringComparer.Ordinal)))
        {
            var near = NearestName.Of(name, _known);
            Refuse(name, near is null ? _known.Count == 0 ? "is unknown; no fields are taken here." : $"is unknown; known are {string.Join(", ", _known)}." : $"is unknown; did you mean {near}?");
        }
    }

    /// <summary>Ends the reading: refuses what is unknown.</summary>
    /// <exception cref="InvalidFieldsException">Anything is wrong, here or in what was read with the same errors.</exception>
    public void Finish()
    {
        RefuseUnknown();
        Errors.ThrowIfAny();
    }

    // JSON has one kind of number: 10.0 is as whole as 10.
    private static bool IsWhole(JsonElement value, out int number)
    {
        if (value.TryGetInt32(out number))
        {
            return true;
        }

        var whole = value.TryGetDecimal(out var exact) && decimal.Truncate(exact) == exact && exact >= int.MinValue && exact <= int.MaxValue;
        number = whole ? (int)exact : 0;
        return whole;
    }

    private static string Count(int number) => number.ToString("N0", CultureInfo.InvariantCulture);

    private static string From(int least, int most) => most == int.MaxValue ? $"at least {Count(least)}" : $"from {Count(least)} to {Count(most)}";

    private static string Range(int least, int most) => most == int.MaxValue ? $"at least {Count(least)}" : least == 0 ? $"at most {Count(most)}" : $"from {Count(least)} to {Count(most)}";

    private static string Short(JsonElement value) => value.ToString() is { Length: > 60 } text ? text[..60] + "…" : value.ToString();

    private Given<T?> Read<T>(string name, JsonValueKind kind, string expected, Func<JsonElement, T?> read)
    {
        if (!Take(name, out var value) || value.ValueKind == JsonValueKind.Null)
        {
            return new(Has(name), default);
        }

        if (value.ValueKind == kind)
        {
            return new(true, read(value));
        }

        Refuse(name, $"must be {expected}, not {Kind(value)}.");
        return new(true, default);
    }

    private bool Take(string name, out JsonElement value)
    {
        Know(name);
        return _fields.TryGetValue(name, out value);
    }

    private void Know(string name)
    {
        if (!_known.Contains(name, StringComparer.Ordinal))
        {
            _known.Add(name);
        }
    }
}
