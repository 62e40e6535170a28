using System.Globalization;
using HandlebarsDotNet;

namespace FlowDispatch.Benchmarks.Templating;

/// <summary>The workloads as Handlebars.Net has them, compiled once: filters and comparisons are helpers of ours there.</summary>
internal sealed class HandlebarsPeer
{
    private readonly HandlebarsTemplate<object, object>[] _templates;

    public HandlebarsPeer(params IEnumerable<string> workloads)
    {
        var handlebars = Handlebars.Create(new HandlebarsConfiguration { NoEscape = true });
        handlebars.RegisterHelper("first_capitalized", (writer, _, arguments) => writer.WriteSafeString(Capitalized(((string)arguments[0]!).Split(' ')[0])));
        handlebars.RegisterHelper("greater", (_, arguments) => Convert.ToInt64(arguments[0], CultureInfo.InvariantCulture) > Convert.ToInt64(arguments[1], CultureInfo.InvariantCulture));
        _templates = [.. workloads.Select(w => handlebars.Compile(Source(w)))];
    }

    /// <summary>A person as its templates read one.</summary>
    public static object Person(Contacts.Contact contact) => new
    {
        contact = new
        {
            name = contact.Name,
            email = contact.Email,
            phone = contact.WhatsAppId,
            custom_fields = contact.CustomFields.ToDictionary(f => f.Key, f => f.Value, StringComparer.Ordinal),
        },
    };

    public void Render(object person, Span<string> values)
    {
        for (var i = 0; i < _templates.Length; i++)
        {
            values[i] = _templates[i](person);
        }
    }

    private static string Capitalized(string word) =>
        word.Length == 0 ? word : string.Concat(char.ToUpperInvariant(word[0]).ToString(), word[1..].ToLowerInvariant());

    private static string Source(string workload) => workload switch
    {
        "filters" => "{{first_capitalized contact.name}}",
        "if" => "{{#if (greater contact.custom_fields.points 100)}}Gold{{else}}Silver{{/if}}",
        _ => SamplePeople.Templates[workload],
    };
}
