using System.Text.Json;
using FlowDispatch.Contacts;

namespace FlowDispatch.Tests.Contacts;

public sealed class FieldValuesTests
{
    [Theory]
    [InlineData("""{"a":"text","b":12,"c":-7.50,"d":true,"e":false,"f":null}""")]
    [InlineData("""{"a":9223372036854775808,"b":1e2,"c":1e300,"d":0.1}""")]
    [InlineData("""{"list":[1,"two",[3],{"four":4}],"object":{"x":{"y":"z"}},"empty":{},"none":[]}""")]
    [InlineData("""  {"ç\"\u00e3":"Olá \ud83d\ude00","":"no name"}  """)]
    [InlineData("""{"a":1,"b":2,"a":3}""")]
    [InlineData("{}")]
    [InlineData(" { } ")]
    [InlineData("[1,2,{}]")]
    [InlineData("\"text\"")]
    [InlineData("null")]
    public void A_text_has_the_fields_that_its_document_has(string json)
    {
        using var document = JsonDocument.Parse(json);

        var parsed = FieldValues.Parse(json);

        Assert.Equal(FieldValues.ToJson(FieldValues.FromJsonObject(document.RootElement)), FieldValues.ToJson(parsed));
        Assert.Equal(FieldValues.FromJsonObject(document.RootElement).Select(f => Kind(f.Value)), parsed.Values.Select(Kind));
    }

    [Fact]
    public void Each_kind_of_value_has_its_text()
    {
        var fields = new Dictionary<string, object?>
        {
            ["text"] = "Olá \"<b>\"\n",
            ["flags"] = new List<object?> { true, false, null },
            ["numbers"] = new List<object?> { 1, -2L, 3.50m, 1e300 },
            ["at"] = new DateTimeOffset(2026, 11, 22, 12, 0, 0, TimeSpan.FromHours(-3)),
            ["inner"] = new Dictionary<string, object?> { ["empty"] = FieldValues.None },
            ["other"] = new Guid("01a22534-3869-7030-9138-b6c5c52e9fda"),
        };

        Assert.Equal(
            """{"text":"Olá \"<b>\"\n","flags":[true,false,null],"numbers":[1,-2,3.50,1E+300],"at":"2026-11-22T12:00:00-03:00","inner":{"empty":{}},"other":"01a22534-3869-7030-9138-b6c5c52e9fda"}""",
            FieldValues.ToJson(fields));
    }

    private static Type? Kind(object? value) => value is IReadOnlyDictionary<string, object?> ? typeof(IReadOnlyDictionary<string, object?>) : value?.GetType();

    [Theory]
    [InlineData("{")]
    [InlineData("{\"a\"}")]
    [InlineData("{\"a\":1,}")]
    [InlineData("{\"a\":1} x")]
    [InlineData("[1]]")]
    [InlineData("1 2")]
    [InlineData("  ")]
    [InlineData("x")]
    public void Text_that_is_no_json_is_an_error(string json) => Assert.ThrowsAny<JsonException>(() => FieldValues.Parse(json));

    [Fact]
    public void Whoever_is_read_next_has_fields_of_their_own()
    {
        var texts = (string[])
        [
            """{"city":"Recife","points":1}""",
            """{"city":"Belém","points":2}""",
            """{"city":"Belém"}""",
            """{"points":3,"city":"Natal"}""",
            """{"points":4,"city":"Natal","level":"gold"}""",
            """{"points":5,"points":6}""",
            """{"points":7,"points":8}""",
            """{"points":9}""",
            """{"inner":{"points":10,"city":"Olinda"},"city":"Manaus"}""",
        ];

        var read = texts.Select(FieldValues.Parse).ToList();

        Assert.Equal(texts.Select(t => t.Replace("\"points\":5,", "").Replace("\"points\":7,", "")), read.Select(FieldValues.ToJson));
        Assert.Equal(("Recife", 2L, false), (read[0]["city"], read[1]["points"], read[2].ContainsKey("points")));
        Assert.Equal(["points", "city"], read[3].Keys);
        Assert.Equal([4L, "Natal", "gold"], read[4].Values);
        Assert.Equal((1, 8L), (read[6].Count, read[6]["points"]));
        Assert.Throws<KeyNotFoundException>(() => read[2]["points"]);
    }

    [Fact]
    public void A_name_that_comes_twice_among_many_is_one_of_the_next_as_well()
    {
        var others = string.Concat(Enumerable.Range(0, 20).Select(i => $",\"column {i}\":{i}"));

        var (many, again, few) = (FieldValues.Parse($"{{\"a\":1,\"a\":2{others}}}"), FieldValues.Parse($"{{\"a\":3,\"a\":4{others}}}"), FieldValues.Parse("{\"a\":5,\"a\":6}"));

        Assert.Equal((21, 21, 1), (many.Count, again.Count, few.Count));
        Assert.Equal((2L, 4L, 6L), (many["a"], again["a"], few["a"]));
    }

    [Fact]
    public void Very_many_fields_are_all_read()
    {
        var names = Enumerable.Range(0, 50_000).Select(i => $"\"column {i}\":{i}");

        var fields = FieldValues.Parse($"{{{string.Join(',', names)}}}");

        Assert.Equal((50_000, 49_999L), (fields.Count, fields["column 49999"]));
    }
}
